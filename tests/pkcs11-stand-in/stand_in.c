/*
 * A PKCS#11 module that stands in for tokens that are not at hand: SoftHSM2 does the work, and what this table of environment variables names is answered as such a token answers.
 *
 *   STAND_IN_DECRYPT       the code (hexadecimal, without 0x) of every C_Decrypt that SoftHSM2 refuses
 *   STAND_IN_OAEP          the code of every C_DecryptInit with RSA-OAEP, whatever the key
 *   STAND_IN_DECRYPT_ONCE  the code of the next C_Decrypt, and of no other: a device that was away for a moment
 *
 * They are read at each call. PKCS#11 v3.0, 5.2: the function list is a version and 68 pointers, in the order of the specification.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long ulong_t;
typedef ulong_t (*function_t)();

enum { FUNCTIONS = 68, GET_FUNCTION_LIST = 3, DECRYPT_INIT = 33, DECRYPT = 34 };
enum { CKM_RSA_PKCS_OAEP = 9, CKR_GENERAL_ERROR = 5 };

typedef struct {
  unsigned char version[2];
  function_t functions[FUNCTIONS];
} list_t;

typedef struct {
  ulong_t mechanism;
  void *parameter;
  ulong_t length;
} mechanism_t;

static const list_t *token;
static list_t list;

/* The code that a variable names; 0 where it names none. */
static ulong_t named(const char *variable) {
  const char *text = getenv(variable);
  return text ? strtoul(text, NULL, 16) : 0;
}

static ulong_t decrypt_init(ulong_t session, mechanism_t *mechanism, ulong_t key) {
  ulong_t code = named("STAND_IN_OAEP");
  return code && mechanism->mechanism == CKM_RSA_PKCS_OAEP ? code : token->functions[DECRYPT_INIT](session, mechanism, key);
}

static ulong_t decrypt(ulong_t session, unsigned char *sealed, ulong_t length, unsigned char *plain, ulong_t *plain_length) {
  ulong_t answer = token->functions[DECRYPT](session, sealed, length, plain, plain_length);
  ulong_t once = named("STAND_IN_DECRYPT_ONCE"), code = named("STAND_IN_DECRYPT");
  if (once) {
    unsetenv("STAND_IN_DECRYPT_ONCE");
    return once;
  }
  return answer && code ? code : answer;
}

ulong_t C_GetFunctionList(list_t **result) {
  if (!token) {
    void *module = dlopen("/usr/lib/softhsm/libsofthsm2.so", RTLD_NOW | RTLD_LOCAL);
    function_t get = module ? (function_t)dlsym(module, "C_GetFunctionList") : NULL;
    if (!get || get(&token)) return CKR_GENERAL_ERROR;
    memcpy(&list, token, sizeof list);
    list.functions[GET_FUNCTION_LIST] = (function_t)C_GetFunctionList;
    list.functions[DECRYPT_INIT] = (function_t)decrypt_init;
    list.functions[DECRYPT] = (function_t)decrypt;
  }
  *result = &list;
  return 0;
}
