/* SPDX-License-Identifier: MIT */
/* reference.c - finds libmicrohttpd's references in its dynamic section.
 *
 * Invariant: only slots of libmicrohttpd's own object are changed, never those
 * of the object that this file is in. */
#include "server/mhd/reference.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct search {
    uintptr_t library; /* an address in libmicrohttpd */
    const char *name;
    duet__mhd_function *function;
} search;

/* The parts of libmicrohttpd's dynamic section that tell where it refers to
 * which symbol. */
typedef struct references {
    const ElfW(Sym) * symbols;
    const char *names;
    const ElfW(Rela) * tables[2];
    size_t counts[2];
} references;

static const void *address_of(const struct dl_phdr_info *object,
                              ElfW(Addr) address)
{
    return (const void *)(address < object->dlpi_addr
                              ? object->dlpi_addr + address
                              : address);
}

static references read_dynamic(const struct dl_phdr_info *object,
                               const ElfW(Dyn) * entry)
{
    references found = {0};

    for (; entry->d_tag != DT_NULL; entry++) {
        const void *address = address_of(object, entry->d_un.d_ptr);

        if (entry->d_tag == DT_SYMTAB)
            found.symbols = address;
        else if (entry->d_tag == DT_STRTAB)
            found.names = address;
        else if (entry->d_tag == DT_JMPREL)
            found.tables[0] = address;
        else if (entry->d_tag == DT_RELA)
            found.tables[1] = address;
        else if (entry->d_tag == DT_PLTRELSZ)
            found.counts[0] = entry->d_un.d_val / sizeof(ElfW(Rela));
        else if (entry->d_tag == DT_RELASZ)
            found.counts[1] = entry->d_un.d_val / sizeof(ElfW(Rela));
    }
    return found;
}

/* The linker may have made the page read-only once it was filled in. */
static void set_reference(void **place, duet__mhd_function *function,
                          bool is_read_only)
{
    uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE);
    void *page = (void *)((uintptr_t)place & ~(size - 1));

    if (mprotect(page, size, PROT_READ | PROT_WRITE) != 0)
        return;
    __atomic_store_n(place, (void *)(uintptr_t)function, __ATOMIC_RELEASE);
    if (is_read_only)
        (void)mprotect(page, size, PROT_READ);
}

static bool is_read_only(const struct dl_phdr_info *object, ElfW(Addr) offset)
{
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];

        if (part->p_type == PT_GNU_RELRO && offset >= part->p_vaddr &&
            offset < part->p_vaddr + part->p_memsz)
            return true;
    }
    return false;
}

static void set_references(const struct dl_phdr_info *object,
                           const references *found, const search *wanted)
{
    for (int table = 0; table < 2; table++)
        for (size_t i = 0; i < found->counts[table]; i++) {
            const ElfW(Rela) *reference = &found->tables[table][i];
            size_t symbol = ELF64_R_SYM(reference->r_info);

            if (symbol != 0 &&
                strcmp(found->names + found->symbols[symbol].st_name,
                       wanted->name) == 0)
                set_reference(
                    (void **)(object->dlpi_addr + reference->r_offset),
                    wanted->function,
                    is_read_only(object, reference->r_offset));
        }
}

/* Is `address` in this object, and where is its dynamic section? NULL, too, if
 * it is our own object, whose references must stay what they are. */
static const ElfW(Dyn) *
    dynamic_section(const struct dl_phdr_info *object, uintptr_t address)
{
    const ElfW(Dyn) *dynamic = NULL;
    uintptr_t own = (uintptr_t)duet__mhd_refer;
    bool is_here = false;
    bool is_own = false;

    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        uintptr_t start = object->dlpi_addr + part->p_vaddr;

        if (part->p_type == PT_DYNAMIC)
            dynamic = (const void *)start;
        if (part->p_type != PT_LOAD)
            continue;
        is_here |= address >= start && address < start + part->p_memsz;
        is_own |= own >= start && own < start + part->p_memsz;
    }
    return is_here && !is_own ? dynamic : NULL;
}

static int visit_object(struct dl_phdr_info *object, size_t size,
                        void *argument)
{
    const search *wanted = argument;
    const ElfW(Dyn) *dynamic = dynamic_section(object, wanted->library);
    references found;

    (void)size;
    if (dynamic == NULL)
        return 0;
    found = read_dynamic(object, dynamic);
    if (found.symbols != NULL && found.names != NULL)
        set_references(object, &found, wanted);
    return 1;
}

void duet__mhd_refer(const char *name, duet__mhd_function *function)
{
    search wanted = {.library = (uintptr_t)dlsym(RTLD_DEFAULT, "MHD_run"),
                     .name = name,
                     .function = function};

    if (wanted.library != 0)
        dl_iterate_phdr(visit_object, &wanted);
}
