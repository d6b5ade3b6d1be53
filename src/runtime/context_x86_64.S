/* SPDX-License-Identifier: MIT */
/* context_x86_64.S - the stack switch for x86-64 (System V).
 *
 * Invariant: a suspended context is its stack pointer alone. Below it lie, from
 * the low end: MXCSR and the x87 control word (8 bytes), r15, r14, r13, r12,
 * rbx, rbp, and the address to go on at.
 *
 * The switch leaves by an indirect jump. A `ret` would be predicted from the
 * return stack of the context just left, and so always wrongly. */

    .text

/* void duet__stack_switch(void **save, void *resume) */
    .globl duet__stack_switch
    .hidden duet__stack_switch
    .type duet__stack_switch, @function
    .balign 16
duet__stack_switch:
    .cfi_startproc
    endbr64
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    pushq $0 /* the control words fill 6 of its 8 bytes */
    stmxcsr (%rsp)
    fnstcw 4(%rsp)
    movq (%rsp), %rax
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    .cfi_def_cfa %rsp, 64
    .cfi_offset %rip, -8
    .cfi_offset %rbp, -16
    .cfi_offset %rbx, -24
    .cfi_offset %r12, -32
    .cfi_offset %r13, -40
    .cfi_offset %r14, -48
    .cfi_offset %r15, -56
    /* Loading the control words is slow and they hardly ever differ. */
    cmpq (%rsp), %rax
    jne 2f
1:
    movq 8(%rsp), %r15
    movq 16(%rsp), %r14
    movq 24(%rsp), %r13
    movq 32(%rsp), %r12
    movq 40(%rsp), %rbx
    movq 48(%rsp), %rbp
    movq 56(%rsp), %rcx
    addq $64, %rsp
    jmp *%rcx
2:
    ldmxcsr (%rsp)
    fldcw 4(%rsp)
    jmp 1b
    .cfi_endproc
    .size duet__stack_switch, . - duet__stack_switch

/* Where a new context begins: r12 is its entry, r13 the entry's argument. The
 * undefined rip tells unwinders that nothing lies above. */
    .globl duet__stack_begin
    .hidden duet__stack_begin
    .type duet__stack_begin, @function
    .balign 16
duet__stack_begin:
    .cfi_startproc
    .cfi_undefined %rip
    endbr64
    xorl %ebp, %ebp
    movq %r13, %rdi
    callq *%r12
    ud2
    .cfi_endproc
    .size duet__stack_begin, . - duet__stack_begin

    .section .note.GNU-stack, "", @progbits
