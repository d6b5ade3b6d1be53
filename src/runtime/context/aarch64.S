/* SPDX-License-Identifier: MIT */
/* aarch64.S - the stack switch for AArch64 (AAPCS64).
 *
 * Invariant: a suspended context consists of its stack pointer. At and above it
 * are, from the low end: x19 to x28, x29, x30 (the address to resume at), d8 to
 * d15: 160 bytes. FPCR belongs to the thread, not to the context.
 *
 * Calls and returns stay balanced, so that the processor predicts the `ret`
 * correctly: a new context is entered by a jump, and an ended one comes back
 * here by returning. */

    .text

/* void duet__stack_switch(void **save, void *resume) */
    .globl duet__stack_switch
    .hidden duet__stack_switch
    .type duet__stack_switch, %function
    .balign 16
duet__stack_switch:
    .cfi_startproc
    hint #34 /* bti c */
    sub sp, sp, #160
    stp x19, x20, [sp, #0]
    stp x21, x22, [sp, #16]
    stp x23, x24, [sp, #32]
    stp x25, x26, [sp, #48]
    stp x27, x28, [sp, #64]
    stp x29, x30, [sp, #80]
    stp d8, d9, [sp, #96]
    stp d10, d11, [sp, #112]
    stp d12, d13, [sp, #128]
    stp d14, d15, [sp, #144]
    mov x10, sp
    str x10, [x0]
.Lresume:
    mov sp, x1
    .cfi_def_cfa sp, 160
    .cfi_offset x29, -80
    .cfi_offset x30, -72
    ldp x19, x20, [sp, #0]
    ldp x21, x22, [sp, #16]
    ldp x23, x24, [sp, #32]
    ldp x25, x26, [sp, #48]
    ldp x27, x28, [sp, #64]
    ldp x29, x30, [sp, #80]
    ldp d8, d9, [sp, #96]
    ldp d10, d11, [sp, #112]
    ldp d12, d13, [sp, #128]
    ldp d14, d15, [sp, #144]
    add sp, sp, #160
    adr x9, duet__stack_begin
    cmp x30, x9
    b.eq duet__stack_begin
    ret
    .cfi_endproc
    .size duet__stack_switch, . - duet__stack_switch

/* Where a new context begins: x19 is its entry, x20 the entry's argument. The
 * entry returns the stack pointer of the context to resume. */
    .globl duet__stack_begin
    .hidden duet__stack_begin
    .type duet__stack_begin, %function
    .balign 16
duet__stack_begin:
    .cfi_startproc
    .cfi_undefined x30
    hint #36 /* bti j */
    mov x29, #0
    mov x30, #0
    mov x0, x20
    blr x19
    mov x1, x0
    b .Lresume
    .cfi_endproc
    .size duet__stack_begin, . - duet__stack_begin

/* void duet__stack_visit(void *suspended, void (*visit)(void *), void *argument)
 *
 * Calls visit(argument). For unwinders, visit()'s caller's caller is the
 * suspended context, not the real caller of this function: only the unwind
 * information at the call says so, and the context itself is not changed. */
    .globl duet__stack_visit
    .hidden duet__stack_visit
    .type duet__stack_visit, %function
    .balign 16
duet__stack_visit:
    .cfi_startproc
    hint #34 /* bti c */
    stp x29, x30, [sp, #-32]!
    str x19, [sp, #16]
    .cfi_def_cfa sp, 32
    .cfi_offset x29, -32
    .cfi_offset x30, -24
    .cfi_offset x19, -16
    mov x19, x0
    mov x0, x2
    .cfi_remember_state
    .cfi_def_cfa x19, 160
    .cfi_offset x19, -160
    .cfi_offset x20, -152
    .cfi_offset x21, -144
    .cfi_offset x22, -136
    .cfi_offset x23, -128
    .cfi_offset x24, -120
    .cfi_offset x25, -112
    .cfi_offset x26, -104
    .cfi_offset x27, -96
    .cfi_offset x28, -88
    .cfi_offset x29, -80
    .cfi_offset x30, -72
    blr x1
    nop /* the address after the call is still in its range */
    .cfi_restore_state
    ldr x19, [sp, #16]
    ldp x29, x30, [sp], #32
    .cfi_def_cfa sp, 0
    .cfi_restore x19
    .cfi_restore x29
    .cfi_restore x30
    ret
    .cfi_endproc
    .size duet__stack_visit, . - duet__stack_visit

    .section .note.GNU-stack, "", %progbits
