# Chooses the context switch: assembly where there is one, ucontext elsewhere.

list(FILTER duet_sources EXCLUDE REGEX "/context/(assembly|ucontext)[.]c$")
set(context_assembly "")
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|amd64|AMD64)$"
   AND CMAKE_SIZEOF_VOID_P EQUAL 8)
  set(context_assembly src/runtime/context/x86_64.S)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
  set(context_assembly src/runtime/context/aarch64.S)
endif()

if(DUET_CONTEXT STREQUAL "assembly" AND NOT context_assembly)
  message(FATAL_ERROR "There is no assembly context switch for "
    "${CMAKE_SYSTEM_PROCESSOR}; use -DDUET_CONTEXT=ucontext")
endif()
if(DUET_CONTEXT STREQUAL "ucontext" OR NOT context_assembly)
  list(APPEND duet_sources src/runtime/context/ucontext.c)
else()
  list(APPEND duet_sources ${context_assembly}
       src/runtime/context/assembly.c)
endif()
