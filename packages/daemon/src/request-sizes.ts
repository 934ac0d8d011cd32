import { ApiError, type Caller, type Handlers, type MethodName } from "@quorate/api";

/** Of a request's parameters as JSON. What they say goes to all nodes, and a few kilobytes are much for a name or a value. */
const PARAMETERS_SIZE_MAX = 1024 * 1024;

/** Changes of the CIB may be large; the replica knows how large. */
const MAY_BE_LARGE: ReadonlySet<MethodName> = new Set<MethodName>(["cib.request"]);

/** Handlers that refuse what a node could not send to the others in one message. */
export function limitSizes(handlers: Handlers): Handlers {
  const limited: Record<string, unknown> = {};
  for (const [method, handler] of Object.entries(handlers) as [
    MethodName,
    (params: unknown, caller: Caller) => unknown,
  ][]) {
    limited[method] = MAY_BE_LARGE.has(method)
      ? handler
      : async (params: unknown, caller: Caller) => {
          if (JSON.stringify(params).length > PARAMETERS_SIZE_MAX)
            throw new ApiError(
              "tooLarge",
              `a request for ${method} may have at most ${PARAMETERS_SIZE_MAX} characters`,
            );
          return handler(params, caller);
        };
  }
  return limited as unknown as Handlers;
}
