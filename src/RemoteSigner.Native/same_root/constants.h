/* What constants.py prints; do not edit. */
#ifndef SAME_ROOT_CONSTANTS_H
#define SAME_ROOT_CONSTANTS_H
#include <stdint.h>

static const uint64_t P1[8] = { 0xeffffffffaaab, 0xfeb153ffffb9f, 0x6b0f6241eabff, 0x12bf6730d2a0f, 0x764774b84f385, 0x1ba7b6434bacd, 0x1ea397fe69a4b, 0x000000001a011 };  /* the modulus of the field */
static const uint64_t P2[8] = { 0xdffffffff5556, 0xfd62a7ffff73f, 0xd61ec483d57ff, 0x257ece61a541e, 0xec8ee9709e70a, 0x374f6c869759a, 0x3d472ffcd3496, 0x0000000034022 };  /* multiples, to keep differences positive */
static const uint64_t P3[8] = { 0xcffffffff0001, 0xfc13fbffff2df, 0x412e26c5c03ff, 0x383e359277e2e, 0x62d65e28eda8f, 0x52f722c9e3068, 0x5beac7fb3cee1, 0x000000004e033 };
static const uint64_t P4[8] = { 0xbfffffffeaaac, 0xfac54ffffee7f, 0xac3d8907aafff, 0x4afd9cc34a83d, 0xd91dd2e13ce14, 0x6e9ed90d2eb35, 0x7a8e5ff9a692c, 0x0000000068044 };
static const uint64_t LIMB_INVERSE[8] = { 0x04be07d2027cb, 0xd7786e39002d4, 0xf51047083c4dd, 0x96079a7670223, 0x04ca513044b79, 0x6615d3780ea11, 0xf9a5623d6a279, 0x0000000006803 };  /* 2^-52 mod p */
#define P_INVERSE 0x3fffcfffcfffdu  /* -1/p mod 2^52 */
static const uint64_t FROM_BLST[8] = { 0x7fde37dba9366, 0x4e27525bc342b, 0x1f5b1e9778489, 0xb872b2b91b9dc, 0xb206f497dfcaf, 0x4137cc89a9b0b, 0xd9d20d7e39959, 0x000000000411c };  /* 2^448 mod p: a 2^384 times it is (a 2^416) 2^416 */
static const uint64_t TO_BLST[8] = { 0x900000002fffd, 0x0bc40c0002760, 0x3c758baebf400, 0x57455f4898575, 0xd77ce58537052, 0x071a97a256ec6, 0xec3fa80e4935c, 0x0000000015f65 };  /* a 2^416 times it is (a 2^384) 2^416 */

/* How fp_fold guesses the multiple of p: the top limb of p, 2^400 / p rounded down, and limb i of (3 - q) p for q = 0..7 in row i. */
#define P_TOP 0x1a011u
#define FOLD_FACTOR 645173u
static const uint64_t FOLD[8][8] __attribute__((aligned(64))) = {
    { 0x000cffffffff0001, 0x000dffffffff5556, 0x000effffffffaaab, 0x0000000000000000, 0xfff1000000005555, 0xfff200000000aaaa, 0xfff300000000ffff, 0xfff4000000015554 },
    { 0x000fc13fbffff2df, 0x000fd62a7ffff73f, 0x000feb153ffffb9f, 0x0000000000000000, 0xfff014eac0000461, 0xfff029d5800008c1, 0xfff03ec040000d21, 0xfff053ab00001181 },
    { 0x000412e26c5c03ff, 0x000d61ec483d57ff, 0x0006b0f6241eabff, 0x0000000000000000, 0xfff94f09dbe15401, 0xfff29e13b7c2a801, 0xfffbed1d93a3fc01, 0xfff53c276f855001 },
    { 0x000383e359277e2e, 0x000257ece61a541e, 0x00012bf6730d2a0f, 0x0000000000000000, 0xfffed4098cf2d5f1, 0xfffda81319e5abe2, 0xfffc7c1ca6d881d2, 0xfffb502633cb57c3 },
    { 0x00062d65e28eda8f, 0x000ec8ee9709e70a, 0x000764774b84f385, 0x0000000000000000, 0xfff89b88b47b0c7b, 0xfff1371168f618f6, 0xfff9d29a1d712571, 0xfff26e22d1ec31ec },
    { 0x00052f722c9e3068, 0x000374f6c869759a, 0x0001ba7b6434bacd, 0x0000000000000000, 0xfffe45849bcb4533, 0xfffc8b0937968a66, 0xfffad08dd361cf98, 0xfff916126f2d14cb },
    { 0x0005beac7fb3cee1, 0x0003d472ffcd3496, 0x0001ea397fe69a4b, 0x0000000000000000, 0xfffe15c6801965b5, 0xfffc2b8d0032cb6a, 0xfffa4153804c311f, 0xfff8571a006596d4 },
    { 0x000000000004e033, 0x0000000000034022, 0x000000000001a011, 0x0000000000000000, 0xfffffffffffe5fef, 0xfffffffffffcbfde, 0xfffffffffffb1fcd, 0xfffffffffff97fbc },
};

/* Multiplication by |z| on G2: x becomes conj(x) * (PSI_X i), y becomes conj(y) * (PSI_Y0 + PSI_Y1 i). */
static const uint64_t PSI_X[8] = { 0x18a5500cc654c, 0x2e1c1e9482fe9, 0xd5d532d24a460, 0x023e982695377, 0x36c99171ef509, 0x19b0966cc23e1, 0x44c5fb3cf7304, 0x000000001227f };
static const uint64_t PSI_Y0[8] = { 0x53e598836494a, 0x0d44ccf702cac, 0xd677e519e1819, 0x7253f567ab707, 0xc14d00a8de6bd, 0x975b0e8b07449, 0xdf760e4bf908f, 0x0000000010e93 };
static const uint64_t PSI_Y1[8] = { 0x9c1a677c96161, 0xf16c8708fcef3, 0x94977d28093e6, 0xa06b71c927307, 0xb4fa740f70cc7, 0x844ca7b844683, 0x3f2d89b2709bb, 0x000000000917d };

/* |z|, (2^128 - 1) / |z| - 2^64 rounded down, and the order of G2 in words of 64 bits. */
#define Z 0xd201000000010000u
#define Z_RECIPROCAL 0x381204ca56cd56b5u
static const uint64_t ORDER[4] = { 0xffffffff00000001, 0x53bda402fffe5bfe, 0x3339d80809a1d805, 0x73eda753299d7d48 };
#endif
