/* SPDX-License-Identifier: MIT */
/* mhd_receive.c - the reference to recv(), and what it does.
 *
 * Invariant: a connection whose stream has a flaw passes nothing on any more;
 * it is in mhd.flawed until it is refused. */
#include "server/mhd_receive.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/refusal.h"
#include "server/request.h"

static _Thread_local duet_server *receiver;

/* Of a flawed connection so much is thrown away at once; a client that sends
 * faster is cut off. */
enum { DROP_BYTES = 16384, DROPS_MAX = 1024 };

/* --- receiving ----------------------------------------------------------- */

static ssize_t nothing_yet(void)
{
    errno = EAGAIN;
    return -1;
}

/* Reads all that is there: the socket is edge-triggered. libmicrohttpd may have
 * room for a byte only. */
static ssize_t drop(duet__connection *connection)
{
    char dropped[DROP_BYTES];

    for (int i = 0; i < DROPS_MAX; i++) {
        ssize_t count =
            recv(connection->descriptor, dropped, sizeof dropped, 0);

        if (count <= 0)
            return count;
    }
    duet__connection_cut(connection);
    return 0;
}

/* Half a request line has come behind other requests: from now on the rest is
 * waited for, as it is for the first. */
static void await_line(duet__connection *connection)
{
    if (connection->is_in_line || !duet__connection_is_in_line(connection))
        return;
    connection->is_in_line = true;
    duet__server_await(connection, DUET__AWAIT_HEAD);
    duet__awaits_look(connection);
}

static ssize_t receive_checked(duet__connection *connection, char *bytes,
                               size_t room)
{
    duet__mhd *mhd = &connection->server->mhd;
    size_t passed = 0;

    for (;;) {
        size_t asked = room - passed;
        ssize_t count = recv(connection->descriptor, bytes + passed, asked, 0);

        if (count <= 0)
            return passed > 0 ? (ssize_t)passed : count;
        passed += duet__stream_check(&connection->stream, &mhd->stream_limits,
                                     bytes + passed, (size_t)count);
        if (connection->stream.flaw != 0) {
            duet__list_push_back(&mhd->flawed, &connection->flawed_link);
            return passed > 0 ? (ssize_t)passed : drop(connection);
        }
        await_line(connection);
        /* If it were all libmicrohttpd would know from the count that there
         * may be more, or that there is not. */
        if ((size_t)count < asked)
            return passed > 0 ? (ssize_t)passed : nothing_yet();
        if (passed == room)
            return (ssize_t)passed;
    }
}

static duet__connection *find(int descriptor)
{
    const duet__mhd *mhd;

    if (receiver == NULL)
        return NULL;
    mhd = &receiver->mhd;
    return (size_t)descriptor < mhd->checked_room ? mhd->checked[descriptor]
                                                  : NULL;
}

static ssize_t receive(int descriptor, void *bytes, size_t room, int flags)
{
    duet__connection *connection = find(descriptor);

    if (connection == NULL || room == 0)
        return recv(descriptor, bytes, room, flags);
    duet__mhd_step(&connection->server->mhd, connection);
    if (connection->stream.flaw != 0)
        return drop(connection);
    return receive_checked(connection, bytes, room);
}

void duet__mhd_receive_begin(duet_server *server)
{
    receiver = server;
}

void duet__mhd_receive_end(void)
{
    receiver = NULL;
}

/* --- connections --------------------------------------------------------- */

int duet__mhd_receive_add(duet__connection *connection)
{
    duet__mhd *mhd = &connection->server->mhd;
    size_t index = (size_t)connection->descriptor;

    duet__link_init(&connection->flawed_link);
    if (index >= mhd->checked_room) {
        size_t room = (index + 64) * 2;
        duet__connection **checked =
            realloc(mhd->checked, room * sizeof(duet__connection *));

        if (checked == NULL)
            return DUET_ENOMEM;
        memset(checked + mhd->checked_room, 0,
               (room - mhd->checked_room) * sizeof(duet__connection *));
        mhd->checked = checked;
        mhd->checked_room = room;
    }
    mhd->checked[index] = connection;
    return 0;
}

void duet__mhd_receive_remove(duet__connection *connection)
{
    duet__list_remove(&connection->flawed_link);
    connection->server->mhd.checked[connection->descriptor] = NULL;
}

/* Is the flawed request the one that libmicrohttpd waits for now? */
static bool is_at_flaw(const duet__connection *connection)
{
    const duet_request *request = connection->request;

    if (connection->lines_begun != connection->stream.lines)
        return false;
    if (!connection->stream.flaw_is_behind_line)
        return request == NULL;
    return request != NULL && (request->phase == DUET__REQUEST_LINE ||
                               request->phase == DUET__REQUEST_BODY);
}

void duet__mhd_refuse(duet__connection *connection, int status,
                      const char *reason)
{
    const duet__stream *stream = &connection->stream;
    duet_request *request = connection->request;

    if (request != NULL && request->phase == DUET__REQUEST_LINE &&
        connection->lines_begun == stream->lines) {
        request->method = duet__text_from(stream->method);
        request->version = duet__text_from(stream->version);
    }
    duet__refuse(connection, connection->is_shed ? 503 : status, reason);
}

void duet__mhd_receive_refuse(duet_server *server)
{
    duet__list *flawed = &server->mhd.flawed;
    duet__link *next;

    for (duet__link *link = flawed->next; link != flawed; link = next) {
        duet__connection *connection =
            DUET__MEMBER(link, duet__connection, flawed_link);

        next = link->next;
        if (!is_at_flaw(connection))
            continue;
        duet__list_remove(link);
        duet__mhd_refuse(connection, connection->stream.flaw,
                         connection->stream.reason);
    }
}

/* --- the reference ------------------------------------------------------- */

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
static void set_reference(void **place, bool is_read_only)
{
    uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE);
    void *page = (void *)((uintptr_t)place & ~(size - 1));

    if (mprotect(page, size, PROT_READ | PROT_WRITE) != 0)
        return;
    __atomic_store_n(place, (void *)(uintptr_t)receive, __ATOMIC_RELEASE);
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
                           const references *found)
{
    for (int table = 0; table < 2; table++)
        for (size_t i = 0; i < found->counts[table]; i++) {
            const ElfW(Rela) *reference = &found->tables[table][i];
            size_t symbol = ELF64_R_SYM(reference->r_info);

            if (symbol != 0 &&
                strcmp(found->names + found->symbols[symbol].st_name, "recv") ==
                    0)
                set_reference(
                    (void **)(object->dlpi_addr + reference->r_offset),
                    is_read_only(object, reference->r_offset));
        }
}

/* Is `address` in this object, and where is its dynamic section? NULL, too, if
 * it is our own object, whose recv() must stay what it is. */
static const ElfW(Dyn) *
    dynamic_section(const struct dl_phdr_info *object, uintptr_t address)
{
    const ElfW(Dyn) *dynamic = NULL;
    uintptr_t own = (uintptr_t)receive;
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

static int visit_object(struct dl_phdr_info *object, size_t size, void *library)
{
    const ElfW(Dyn) *dynamic = dynamic_section(object, (uintptr_t)library);
    references found;

    (void)size;
    if (dynamic == NULL)
        return 0;
    found = read_dynamic(object, dynamic);
    if (found.symbols != NULL && found.names != NULL)
        set_references(object, &found);
    return 1;
}

static void install(void)
{
    void *library = dlsym(RTLD_DEFAULT, "MHD_run");

    if (library != NULL)
        dl_iterate_phdr(visit_object, library);
}

void duet__mhd_receive_install(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, install);
}
