/* SPDX-License-Identifier: MIT */
/* message.c - sends bytes and descriptors over a local socket. */
#include <string.h>
#include <sys/socket.h>

#include "parallel/process/process.h"
#include "parallel/process/message.h"

typedef union ancillary {
    char bytes[CMSG_SPACE(sizeof(int) * DUET__PROCESS_DESCRIPTORS)];
    struct cmsghdr alignment;
} ancillary;

ssize_t duet__send_descriptors(int socket, struct iovec *parts, size_t parts_n,
                               const int *descriptors, size_t count)
{
    ancillary extra = {{0}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = parts_n};

    if (count > 0) {
        struct cmsghdr *head;

        message.msg_control = extra.bytes;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
        head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof(int) * count);
        memcpy(CMSG_DATA(head), descriptors, sizeof(int) * count);
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

ssize_t duet__receive_descriptors(int socket, struct iovec *parts,
                                  size_t parts_n, int flags, int *descriptors,
                                  size_t *count)
{
    ancillary extra;
    struct msghdr message = {.msg_iov = parts,
                             .msg_iovlen = parts_n,
                             .msg_control = extra.bytes,
                             .msg_controllen = sizeof extra.bytes};
    ssize_t length = recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC);
    struct cmsghdr *head;

    *count = 0;
    if (length < 0)
        return length;
    head = CMSG_FIRSTHDR(&message);
    if (head != NULL && head->cmsg_level == SOL_SOCKET &&
        head->cmsg_type == SCM_RIGHTS) {
        *count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(descriptors, CMSG_DATA(head), *count * sizeof(int));
    }
    return length;
}
