/**
 * Why a request was not carried out. `cib` carries the classic result code of a CIB operation in its payload; the others say
 * what stood in the way before anything was changed, except `timeout` and `connectionLost`: then the outcome is unknown.
 */
export type ApiErrorCode =
  | "badRequest"
  | "unknownMethod"
  | "notFound"
  | "refused"
  | "forbidden"
  | "failed"
  | "notReady"
  | "shuttingDown"
  | "tooLarge"
  | "timeout"
  | "connectionLost"
  | "internal";

export interface ApiErrorBody {
  readonly code: ApiErrorCode;
  /** One sentence for people: what is wrong and what to do. */
  readonly message: string;
}

/** Thrown by the client for every request that did not succeed, and by a server's handlers to answer with an error. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;

  constructor(code: ApiErrorCode, message: string) {
    super(message);
    this.name = "ApiError";
    this.code = code;
  }
}
