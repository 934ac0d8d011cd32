/**
 * The contract of a node: typed requests and events, a server for the daemon, a client for the tools. Today over
 * a Unix socket; the frames carry a version.
 */

export { METHODS } from "./check-params.ts";
export { type ApiClient, type ConnectOptions, connect } from "./client.ts";
export type {
  AgentRunParams,
  AgentRunReply,
  AttributeUpdate,
  CibReply,
  CibRequestParams,
  CleanupParams,
  EventName,
  Events,
  FenceParams,
  FenceReply,
  MethodName,
  Methods,
  NodeListItem,
  NodeStatus,
  NoParams,
} from "./contract.ts";
export { ApiError, type ApiErrorBody, type ApiErrorCode } from "./errors.ts";
export { encodeFrame, FrameReader } from "./framing.ts";
export {
  type ApiServer,
  answerRequest,
  type Caller,
  describeRefusal,
  type Handlers,
  type PeerUser,
  type ServeOptions,
  serve,
} from "./server.ts";
