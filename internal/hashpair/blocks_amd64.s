//go:build !portable

#include "textflag.h"

// The registers of a lane are its state, as the instructions want it, and the four words of
// its schedule: X1, X2 and X3 to X6 for the first lane, X7, X8 and X9 to X12 for the second.
// X0 is what SHA256RNDS2 takes besides, X13 is for moments, X14 turns bytes around, AX is
// where the constants are.

// LOAD reads four numbers of a block.
#define LOAD(block, at, w) \
	MOVOU  at(block), w; \
	PSHUFB X14, w

// ROUNDS are four rounds.
#define ROUNDS(at, w, abef, cdgh) \
	MOVOU       at(AX), X0; \
	PADDL       w, X0; \
	SHA256RNDS2 X0, abef, cdgh; \
	PSHUFD      $0x0e, X0, X0; \
	SHA256RNDS2 X0, cdgh, abef

#define BOTH(at, v, w) \
	ROUNDS(at, v, X1, X2); \
	ROUNDS(at, w, X7, X8)

// NEXT makes of the oldest four numbers of a schedule, w0, the next.
#define NEXT(w0, w1, w2, w3) \
	SHA256MSG1 w1, w0; \
	MOVO       w3, X13; \
	PALIGNR    $4, w2, X13; \
	PADDL      X13, w0; \
	SHA256MSG2 w3, w0

// SIXTEEN are rounds of numbers that are made of those before.
#define SIXTEEN(at) \
	NEXT(X3, X4, X5, X6); \
	NEXT(X9, X10, X11, X12); \
	BOTH(at, X3, X9); \
	NEXT(X4, X5, X6, X3); \
	NEXT(X10, X11, X12, X9); \
	BOTH(at+16, X4, X10); \
	NEXT(X5, X6, X3, X4); \
	NEXT(X11, X12, X9, X10); \
	BOTH(at+32, X5, X11); \
	NEXT(X6, X3, X4, X5); \
	NEXT(X12, X9, X10, X11); \
	BOTH(at+48, X6, X12)

// PACK reads a state, abcd and efgh, as abef and cdgh, the first highest.
#define PACK(state, abef, cdgh) \
	MOVOU   (state), X13; \
	MOVOU   16(state), cdgh; \
	PSHUFD  $0xb1, X13, X13; \
	PSHUFD  $0x1b, cdgh, cdgh; \
	MOVO    X13, abef; \
	PALIGNR $8, cdgh, abef; \
	PBLENDW $0xf0, X13, cdgh

#define UNPACK(state, abef, cdgh) \
	PSHUFD  $0x1b, abef, abef; \
	PSHUFD  $0xb1, cdgh, cdgh; \
	MOVO    abef, X13; \
	PBLENDW $0xf0, cdgh, X13; \
	PALIGNR $8, abef, cdgh; \
	MOVOU   X13, (state); \
	MOVOU   cdgh, 16(state)

// func blocks(a, b *[8]uint32, p, q *byte, n int)
TEXT ·blocks(SB), NOSPLIT, $64-40
	MOVQ  a+0(FP), DI
	MOVQ  b+8(FP), SI
	MOVQ  p+16(FP), R8
	MOVQ  q+24(FP), R9
	MOVQ  n+32(FP), CX
	LEAQ  ·constants(SB), AX
	MOVOU ·turned(SB), X14
	PACK(DI, X1, X2)
	PACK(SI, X7, X8)
	TESTQ CX, CX
	JLE   done

block:
	MOVOU X1, 0(SP)
	MOVOU X2, 16(SP)
	MOVOU X7, 32(SP)
	MOVOU X8, 48(SP)

	LOAD(R8, 0, X3)
	LOAD(R9, 0, X9)
	BOTH(0, X3, X9)
	LOAD(R8, 16, X4)
	LOAD(R9, 16, X10)
	BOTH(16, X4, X10)
	LOAD(R8, 32, X5)
	LOAD(R9, 32, X11)
	BOTH(32, X5, X11)
	LOAD(R8, 48, X6)
	LOAD(R9, 48, X12)
	BOTH(48, X6, X12)
	SIXTEEN(64)
	SIXTEEN(128)
	SIXTEEN(192)

	MOVOU 0(SP), X13
	PADDL X13, X1
	MOVOU 16(SP), X13
	PADDL X13, X2
	MOVOU 32(SP), X13
	PADDL X13, X7
	MOVOU 48(SP), X13
	PADDL X13, X8

	ADDQ $64, R8
	ADDQ $64, R9
	DECQ CX
	JNZ  block

done:
	UNPACK(DI, X1, X2)
	UNPACK(SI, X7, X8)
	RET

// func cpuid(leaf uint32) (a, b, c uint32)
TEXT ·cpuid(SB), NOSPLIT, $0-20
	MOVL leaf+0(FP), AX
	XORL CX, CX
	CPUID
	MOVL AX, a+8(FP)
	MOVL BX, b+12(FP)
	MOVL CX, c+16(FP)
	RET
