/* SPDX-License-Identifier: MIT */
/* x86_64.S - the stack switch for x86-64 (System V).
 *
 * Invariant: a suspended context consists of its stack pointer. At and above it
 * are, from the low end: r15, r14, r13, r12, rbx, rbp, and the address to
 * resume at.
 *
 * The processor predicts a `ret` from the calls it has seen, not from the
 * stack; one misprediction costs as much as the whole switch. Tasks wait in the
 * same few functions, so a `ret` here is predicted correctly as long as calls
 * and returns stay balanced: a new context is entered by a jump, and an ended
 * one comes back here by returning.
 *
 * MXCSR and the x87 control word belong to the thread, not to the context:
 * storing MXCSR alone would triple the cost of a switch (measured 13.9 ns a
 * round trip against 4.4 ns), and would serve only programs that change the
 * rounding mode and wait before they change it back. */

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
    movq %rsp, (%rdi)
.Lresume:
    movq %rsi, %rsp
    .cfi_def_cfa %rsp, 56
    .cfi_offset %rip, -8
    .cfi_offset %rbp, -16
    .cfi_offset %rbx, -24
    .cfi_offset %r12, -32
    .cfi_offset %r13, -40
    .cfi_offset %r14, -48
    .cfi_offset %r15, -56
    popq %r15
    .cfi_adjust_cfa_offset -8
    popq %r14
    .cfi_adjust_cfa_offset -8
    popq %r13
    .cfi_adjust_cfa_offset -8
    popq %r12
    .cfi_adjust_cfa_offset -8
    popq %rbx
    .cfi_adjust_cfa_offset -8
    popq %rbp
    .cfi_adjust_cfa_offset -8
    leaq duet__stack_begin(%rip), %rcx
    cmpq %rcx, (%rsp)
    je .Lenter
    ret
.Lenter:
    addq $8, %rsp
    .cfi_adjust_cfa_offset -8
    jmp duet__stack_begin
    .cfi_endproc
    .size duet__stack_switch, . - duet__stack_switch

/* Where a new context begins: r12 is its entry, r13 the entry's argument. The
 * entry returns the stack pointer of the context to resume. The undefined rip
 * tells unwinders that this is the outermost frame. */
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
    movq %rax, %rsi
    jmp .Lresume
    .cfi_endproc
    .size duet__stack_begin, . - duet__stack_begin

/* void duet__stack_visit(void *suspended, void (*visit)(void *), void *argument)
 *
 * Calls visit(argument). For unwinders, visit()'s caller's caller is the
 * suspended context, not the real caller of this function: only the unwind
 * information at the call says so, and the context itself is not changed. */
    .globl duet__stack_visit
    .hidden duet__stack_visit
    .type duet__stack_visit, @function
    .balign 16
duet__stack_visit:
    .cfi_startproc
    endbr64
    pushq %rbx
    .cfi_adjust_cfa_offset 8
    .cfi_offset %rbx, -16
    movq %rdi, %rbx
    movq %rdx, %rdi
    .cfi_remember_state
    .cfi_def_cfa %rbx, 56
    .cfi_offset %rip, -8
    .cfi_offset %rbp, -16
    .cfi_offset %rbx, -24
    .cfi_offset %r12, -32
    .cfi_offset %r13, -40
    .cfi_offset %r14, -48
    .cfi_offset %r15, -56
    callq *%rsi
    nop /* the address after the call is still in its range */
    .cfi_restore_state
    popq %rbx
    .cfi_adjust_cfa_offset -8
    .cfi_restore %rbx
    ret
    .cfi_endproc
    .size duet__stack_visit, . - duet__stack_visit

    .section .note.GNU-stack, "", @progbits
