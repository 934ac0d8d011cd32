import { loadKoffi } from "@quorate/host";

const PAM_SUCCESS = 0;
const PAM_BUF_ERR = 5;
const PAM_CONV_ERR = 19;
/** An account without a password is no account to log in to. */
const PAM_DISALLOW_NULL_AUTHTOK = 1;
const PAM_PROMPT_ECHO_OFF = 1;
const PAM_ERROR_MSG = 3;
const PAM_TEXT_INFO = 4;
/** Messages that a conversation may hold. Source: PAM_MAX_NUM_MSG in pam_appl.h. */
const MESSAGES_MAX = 32;
const POINTER_BYTES = 8;

export type PamVerdict =
  | { readonly kind: "accepted" }
  | { readonly kind: "refused"; readonly reason: string }
  /** PAM could not be asked: that says nothing about the password. */
  | { readonly kind: "broken"; readonly reason: string };

/**
 * Asks this machine's PAM whether a user's password is right and the account may be used. Blocks for as long as the modules of the service
 * take, some seconds after a wrong password: it is for a process of its own.
 * `service`: file in /etc/pam.d; where there is none, PAM takes `other`.
 */
export async function askPam(service: string, user: string, password: string): Promise<PamVerdict> {
  let koffi: Awaited<ReturnType<typeof loadKoffi>>;
  let pam: ReturnType<typeof koffi.load>;
  let libc: ReturnType<typeof koffi.load>;
  try {
    koffi = await loadKoffi();
    pam = koffi.load("libpam.so.0");
    libc = koffi.load("libc.so.6");
  } catch (error) {
    return { kind: "broken", reason: `PAM cannot be used: ${(error as Error).message}` };
  }
  const message = koffi.struct({ style: "int", text: "const char *" });
  const response = koffi.struct({ text: "void *", code: "int" });
  const conversation = koffi.proto("int", ["int", "void *", "void *", "void *"]);
  const conversationRecord = koffi.struct({ talk: koffi.pointer(conversation), data: "void *" });
  // PAM frees the answers with free(), so they come from the same allocator.
  const calloc = libc.func("calloc", "void *", ["size_t", "size_t"]);
  const strdup = libc.func("strdup", "void *", ["str"]);
  const start = pam.func("pam_start", "int", [
    "str",
    "str",
    koffi.pointer(conversationRecord),
    koffi.out(koffi.pointer("void *")),
  ]);
  const authenticate = pam.func("pam_authenticate", "int", ["void *", "int"]);
  const account = pam.func("pam_acct_mgmt", "int", ["void *", "int"]);
  const end = pam.func("pam_end", "int", ["void *", "int"]);
  const describe = pam.func("pam_strerror", "str", ["void *", "int"]);

  const talk = koffi.register((count: number, messages: unknown, answers: unknown): number => {
    if (count < 1 || count > MESSAGES_MAX) return PAM_CONV_ERR;
    const replies = calloc(count, koffi.sizeof(response)) as unknown;
    if (replies === null) return PAM_BUF_ERR;
    for (let index = 0; index < count; index++) {
      const place = koffi.decode(messages, index * POINTER_BYTES, "void *") as unknown;
      const { style } = koffi.decode(place, message) as { style: number };
      if (style === PAM_ERROR_MSG || style === PAM_TEXT_INFO) continue;
      // Only the password is known here; whoever asks for more is not answered.
      if (style !== PAM_PROMPT_ECHO_OFF) return PAM_CONV_ERR;
      koffi.encode(replies, index * koffi.sizeof(response), response, { text: strdup(password), code: 0 });
    }
    koffi.encode(answers, "void *", replies);
    return PAM_SUCCESS;
  }, koffi.pointer(conversation));

  const handle: [unknown] = [null];
  try {
    const started = start(service, user, { talk, data: null }, handle) as number;
    if (started !== PAM_SUCCESS) return { kind: "broken", reason: `pam_start failed with ${started}` };
    let status = authenticate(handle[0], PAM_DISALLOW_NULL_AUTHTOK) as number;
    if (status === PAM_SUCCESS) status = account(handle[0], PAM_DISALLOW_NULL_AUTHTOK) as number;
    const reason = status === PAM_SUCCESS ? "" : (describe(handle[0], status) as string);
    end(handle[0], status);
    return status === PAM_SUCCESS ? { kind: "accepted" } : { kind: "refused", reason };
  } finally {
    koffi.unregister(talk);
  }
}
