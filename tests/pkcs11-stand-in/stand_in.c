/*
 * A PKCS#11 module that stands in for a token that is not at hand: SoftHSM2 does the work, and where the table beside this library (its path with
 * .table in place of .so) says otherwise the answer is that of the token. README.md has the words of a table. When a file appears beside it (.lose in
 * place of .so) it is taken away, and all sessions are lost.
 *
 * PKCS#11 v3.0, 5.2: the function list is a version and 68 pointers, in the order of the specification.
 */
#define _GNU_SOURCE
#define OPENSSL_SUPPRESS_DEPRECATED
#include <dlfcn.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long ulong_t;
typedef unsigned char byte_t;
typedef ulong_t (*function_t)();

enum {
  FUNCTIONS = 68, INITIALIZE = 0, GET_INFO = 2, GET_FUNCTION_LIST = 3, GET_SLOT_LIST = 4, GET_TOKEN_INFO = 6, OPEN_SESSION = 12, CLOSE_SESSION = 13,
  CLOSE_ALL = 14, LOGIN = 18, CREATE_OBJECT = 20, DESTROY_OBJECT = 22, GET_ATTRIBUTE = 24, FIND_INIT = 26, ENCRYPT_INIT = 29, ENCRYPT = 30,
  DECRYPT_INIT = 33, DECRYPT = 34, GENERATE_KEY = 58, GENERATE_PAIR = 59
};
enum {
  CKR_GENERAL_ERROR = 5, CKR_SESSION_HANDLE_INVALID = 0xb3, CKR_SESSION_COUNT = 0xb1, CKR_MECHANISM_INVALID = 0x70,
  CKR_MECHANISM_PARAM_INVALID = 0x71, CKR_ATTRIBUTE_TYPE_INVALID = 0x12
};
enum {
  CKM_RSA_X_509 = 3, CKM_RSA_PKCS_OAEP = 9, CKM_AES_GCM = 0x1087, CKM_SHA_1 = 0x220, CKM_SHA256 = 0x250, CKF_RW_SESSION = 2,
  CKF_TOKEN_INITIALIZED = 0x400
};
enum {
  CKA_SENSITIVE = 0x103, CKA_EXTRACTABLE = 0x162, CKA_CLASS = 0, CKA_PRIVATE = 2, CKA_LABEL = 3, CKA_ID = 0x102, CKA_MODULUS = 0x120, CKO_DATA = 0,
  CKO_PRIVATE_KEY = 3
};

typedef struct { byte_t version[2]; function_t functions[FUNCTIONS]; } list_t;
typedef struct { ulong_t mechanism; void *parameter; ulong_t length; } mechanism_t;
typedef struct { ulong_t type; void *value; ulong_t length; } attribute_t;
typedef struct { byte_t *iv; ulong_t iv_length, iv_bits; byte_t *aad; ulong_t aad_length, tag_bits; } gcm_t;
typedef struct { ulong_t hash, mgf, source; void *data; ulong_t length; } oaep_t;
typedef struct { char label[32], manufacturer[32], model[16], serial[16]; ulong_t flags; } token_info_t;
typedef struct { byte_t version[2]; char manufacturer[32]; } info_t;

static const list_t *token;
static list_t list;
static char beside[512];
static ulong_t open_sessions, oaep_session;
static byte_t appended[16];
static ulong_t appended_length;
static int lost;

/* The first of a line's words behind this key in the table; NULL where there is none. */
static const char *find(const char *key) {
  static char lines[64][160];
  static int count = -1;
  if (count < 0) {
    char path[600];
    snprintf(path, sizeof path, "%s.table", beside);
    FILE *file = fopen(path, "r");
    char line[1024];
    for (count = 0; file && count < 64 && fgets(line, sizeof line, file); count++) {
      char *end = line + strcspn(line, ";\n");
      while (end > line && end[-1] == ' ') end--;
      *end = 0;
      snprintf(lines[count], sizeof lines[0], "%.159s", line);
    }
    if (file) fclose(file);
  }
  size_t length = strlen(key);
  for (int i = 0; i < count; i++)
    if (!strncmp(lines[i], key, length) && lines[i][length] == ' ') return lines[i] + length + 1;
  return NULL;
}

static ulong_t code(const char *key) { const char *word = find(key); return word ? strtoul(word, NULL, 16) : 0; }

static ulong_t number(const char *key) { const char *word = find(key); return word ? strtoul(word, NULL, 10) : 0; }

static int says(const char *key, const char *word) { const char *words = find(key); return words && strstr(words, word) != NULL; }

static void pad(char *field, size_t size, const char *key) {
  const char *words = find(key);
  if (!words) return;
  memset(field, ' ', size);
  memcpy(field, words, strlen(words) < size ? strlen(words) : size);
}

static attribute_t *attribute(attribute_t *template, ulong_t count, ulong_t type) {
  for (ulong_t i = 0; i < count; i++)
    if (template[i].type == type) return &template[i];
  return NULL;
}

/* All sessions end when the file says so, as SoftHSM2 has it; what the token answers from then on is the table's. */
static void lose(void) {
  char path[600];
  ulong_t slots[16], count = 16;
  snprintf(path, sizeof path, "%s.lose", beside);
  if (unlink(path) || token->functions[GET_SLOT_LIST](1, slots, &count)) return;
  for (ulong_t i = 0; i < count; i++) token->functions[CLOSE_ALL](slots[i]);
  open_sessions = 0;
  lost = find("returns") != NULL;
}

static ulong_t answer(ulong_t of_token) { return of_token == CKR_SESSION_HANDLE_INVALID && find("lost") ? code("lost") : of_token; }

static ulong_t initialize(void *arguments) {
  lost = 0;
  open_sessions = 0;
  return token->functions[INITIALIZE](arguments);
}

static ulong_t get_info(info_t *info) {
  ulong_t result = token->functions[GET_INFO](info);
  if (!result) pad(info->manufacturer, 32, "module");
  return result;
}

/* Of all tokens that SoftHSM2 has, the one that the table is about; the others are not there. */
static int stands(ulong_t slot) {
  token_info_t whole[4];
  const char *behind = find("behind");
  return !token->functions[GET_TOKEN_INFO](slot, whole) && (whole->flags & CKF_TOKEN_INITIALIZED)
    && (!behind || (!strncmp(whole->label, behind, strlen(behind)) && whole->label[strlen(behind)] == ' '));
}

static ulong_t get_slot_list(byte_t present, ulong_t *slots, ulong_t *count) {
  ulong_t all[16], most = 16, found = 0, result = token->functions[GET_SLOT_LIST](present, all, &most);
  for (ulong_t i = 0; !result && i < most; i++)
    if (stands(all[i])) { if (slots && found < *count) slots[found] = all[i]; found++; }
  *count = found;
  return result;
}

static ulong_t get_token_info(ulong_t slot, token_info_t *info) {
  ulong_t result = token->functions[GET_TOKEN_INFO](slot, info);
  if (result) return result;
  pad(info->label, 32, "label");
  pad(info->serial, 16, "serial");
  pad(info->manufacturer, 32, "manufacturer");
  pad(info->model, 16, "model");
  return 0;
}

static ulong_t open_session(ulong_t slot, ulong_t flags, void *application, void *notify, ulong_t *session) {
  lose();
  if (lost) return code("lost");
  if (!(flags & CKF_RW_SESSION) && find("read-only")) return code("read-only");
  if (number("sessions") && open_sessions >= number("sessions")) return CKR_SESSION_COUNT;
  ulong_t result = token->functions[OPEN_SESSION](slot, flags, application, notify, session);
  open_sessions += !result;
  return result;
}

static ulong_t close_session(ulong_t session) {
  ulong_t result = token->functions[CLOSE_SESSION](session);
  open_sessions -= !result;
  return answer(result);
}

static ulong_t login(ulong_t session, ulong_t user, byte_t *pin, ulong_t length) { return answer(token->functions[LOGIN](session, user, pin, length)); }

/* Objects that do not fit: 0, or the token's code. Labels are cut in place, as the token would keep them. */
static ulong_t refusal(attribute_t *template, ulong_t count) {
  attribute_t *id = attribute(template, count, CKA_ID);
  return id && number("id-bytes") && id->length > number("id-bytes") ? code("id-refused") : 0;
}

static ulong_t create_object(ulong_t session, attribute_t *template, ulong_t count, ulong_t *object) {
  lose();
  attribute_t *class = attribute(template, count, CKA_CLASS), *label = attribute(template, count, CKA_LABEL);
  attribute_t *private = attribute(template, count, CKA_PRIVATE);
  if (class && *(ulong_t *)class->value == CKO_DATA) {
    if (find("data-refused")) return code("data-refused");
    if (private && *(byte_t *)private->value && find("private-data-refused")) return code("private-data-refused");
    if (label && number("data-label-bytes") && label->length > number("data-label-bytes")) label->length = number("data-label-bytes");
  }
  ulong_t refused = refusal(template, count);
  return refused ? refused : answer(token->functions[CREATE_OBJECT](session, template, count, object));
}

static ulong_t destroy_object(ulong_t session, ulong_t object) {
  lose();
  return answer(token->functions[DESTROY_OBJECT](session, object));
}

static ulong_t get_attribute(ulong_t session, ulong_t object, attribute_t *template, ulong_t count) {
  lose();
  ulong_t class = 0;
  attribute_t asked = { CKA_CLASS, &class, sizeof class };
  if (find("private-modulus-refused") && attribute(template, count, CKA_MODULUS) && !token->functions[GET_ATTRIBUTE](session, object, &asked, 1UL)
      && class == CKO_PRIVATE_KEY)
    return code("private-modulus-refused");
  return answer(token->functions[GET_ATTRIBUTE](session, object, template, count));
}

static ulong_t find_init(ulong_t session, attribute_t *template, ulong_t count) {
  lose();
  return answer(token->functions[FIND_INIT](session, template, count));
}

/* Keys that stay inside whatever the template says, or leaves unsaid: SoftHSM2 is told so. */
static ulong_t kept_inside(attribute_t *given, ulong_t count, attribute_t *told) {
  static byte_t yes = 1, no = 0;
  memcpy(told, given, count * sizeof *told);
  if (!find("keys-stay")) return count;
  if (!attribute(given, count, CKA_SENSITIVE)) told[count++] = (attribute_t){ CKA_SENSITIVE, &yes, 1 };
  if (!attribute(given, count, CKA_EXTRACTABLE)) told[count++] = (attribute_t){ CKA_EXTRACTABLE, &no, 1 };
  return count;
}

static ulong_t generate_key(ulong_t session, mechanism_t *mechanism, attribute_t *template, ulong_t count, ulong_t *key) {
  lose();
  attribute_t told[40];
  ulong_t refused = refusal(template, count);
  return refused ? refused : answer(token->functions[GENERATE_KEY](session, mechanism, told, kept_inside(template, count, told), key));
}

static ulong_t generate_pair(ulong_t session, mechanism_t *mechanism, attribute_t *of_public, ulong_t n, attribute_t *of_private, ulong_t m,
                             ulong_t *first, ulong_t *second) {
  lose();
  attribute_t told[40];
  ulong_t refused = refusal(of_private, m);
  if (refused) return refused;
  return answer(token->functions[GENERATE_PAIR](session, mechanism, of_public, n, told, kept_inside(of_private, m, told), first, second));
}

/* AES-GCM whose IV the token makes itself: in the parameter, or behind the ciphertext. */
static ulong_t encrypt_init(ulong_t session, mechanism_t *mechanism, ulong_t key) {
  lose();
  appended_length = 0;
  if (mechanism->mechanism != CKM_AES_GCM || !find("gcm")) return answer(token->functions[ENCRYPT_INIT](session, mechanism, key));
  if (says("gcm", "none")) return CKR_MECHANISM_INVALID;
  gcm_t gcm = *(gcm_t *)mechanism->parameter;
  if (says("gcm", "token") && gcm.iv_bits) return CKR_MECHANISM_PARAM_INVALID;
  if (says("gcm", "token")) {
    byte_t *iv = says("gcm", "suffix") ? appended : gcm.iv;
    if (says("gcm", "suffix")) appended_length = gcm.iv_length = sizeof appended;
    RAND_bytes(iv, (int)gcm.iv_length);
    gcm.iv = iv;
    gcm.iv_bits = 8 * gcm.iv_length;
  }
  mechanism_t given = { CKM_AES_GCM, &gcm, sizeof gcm };
  return answer(token->functions[ENCRYPT_INIT](session, &given, key));
}

static ulong_t encrypt(ulong_t session, byte_t *plain, ulong_t length, byte_t *sealed, ulong_t *sealed_length) {
  ulong_t result = token->functions[ENCRYPT](session, plain, length, sealed, sealed_length);
  if (!result && appended_length) memcpy(sealed + *sealed_length, appended, appended_length), *sealed_length += appended_length;
  return answer(result);
}

/* SoftHSM2 has OAEP with SHA-1 alone: with SHA-256 it takes the power, and the padding is taken off here. */
static ulong_t decrypt_init(ulong_t session, mechanism_t *mechanism, ulong_t key) {
  lose();
  oaep_session = 0;
  if (mechanism->mechanism == CKM_AES_GCM && says("gcm", "none")) return CKR_MECHANISM_INVALID;
  if (mechanism->mechanism != CKM_RSA_PKCS_OAEP || !find("oaep")) return answer(token->functions[DECRYPT_INIT](session, mechanism, key));
  ulong_t hash = ((oaep_t *)mechanism->parameter)->hash;
  if (!says("oaep", hash == CKM_SHA256 ? "sha256" : "sha1")) return find("oaep-refused") ? code("oaep-refused") : CKR_MECHANISM_PARAM_INVALID;
  if (hash == CKM_SHA_1) return answer(token->functions[DECRYPT_INIT](session, mechanism, key));
  mechanism_t raw = { CKM_RSA_X_509, NULL, 0 };
  ulong_t result = token->functions[DECRYPT_INIT](session, &raw, key);
  if (!result) oaep_session = session;
  return answer(result);
}

static ulong_t decrypt(ulong_t session, byte_t *sealed, ulong_t length, byte_t *plain, ulong_t *plain_length) {
  lose();
  byte_t padded[1024];
  ulong_t padded_length = sizeof padded, result = session != oaep_session
    ? token->functions[DECRYPT](session, sealed, length, plain, plain_length)
    : token->functions[DECRYPT](session, sealed, length, padded, &padded_length);
  if (!result && session == oaep_session) {
    int taken = RSA_padding_check_PKCS1_OAEP_mgf1(plain, (int)*plain_length, padded, (int)padded_length, (int)length, NULL, 0, EVP_sha256(), EVP_sha256());
    result = taken < 0 ? CKR_GENERAL_ERROR : 0;
    *plain_length = taken < 0 ? 0 : (ulong_t)taken;
  }
  if (result == CKR_SESSION_HANDLE_INVALID) return answer(result);
  return result && find("decrypt") ? code("decrypt") : result;
}

ulong_t C_GetFunctionList(list_t **result) {
  Dl_info here;
  if (!token && dladdr((void *)C_GetFunctionList, &here) && strlen(here.dli_fname) < sizeof beside) {
    strcpy(beside, here.dli_fname);
    *strrchr(beside, '.') = 0;
    void *module = dlopen("/usr/lib/softhsm/libsofthsm2.so", RTLD_NOW | RTLD_LOCAL);
    function_t get = module ? (function_t)dlsym(module, "C_GetFunctionList") : NULL;
    if (!get || get(&token)) return CKR_GENERAL_ERROR;
    static const struct { int at; function_t is; } ours[] = {
      { INITIALIZE, (function_t)initialize }, { GET_INFO, (function_t)get_info }, { GET_FUNCTION_LIST, (function_t)C_GetFunctionList },
      { GET_SLOT_LIST, (function_t)get_slot_list }, { GET_TOKEN_INFO, (function_t)get_token_info }, { OPEN_SESSION, (function_t)open_session },
      { CLOSE_SESSION, (function_t)close_session }, { LOGIN, (function_t)login }, { CREATE_OBJECT, (function_t)create_object },
      { DESTROY_OBJECT, (function_t)destroy_object }, { GET_ATTRIBUTE, (function_t)get_attribute }, { FIND_INIT, (function_t)find_init },
      { ENCRYPT_INIT, (function_t)encrypt_init }, { ENCRYPT, (function_t)encrypt }, { DECRYPT_INIT, (function_t)decrypt_init },
      { DECRYPT, (function_t)decrypt }, { GENERATE_KEY, (function_t)generate_key }, { GENERATE_PAIR, (function_t)generate_pair },
    };
    memcpy(&list, token, sizeof list);
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) list.functions[ours[i].at] = ours[i].is;
  }
  *result = &list;
  return token ? 0 : CKR_GENERAL_ERROR;
}
