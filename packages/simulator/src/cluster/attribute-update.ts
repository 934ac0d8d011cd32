import type { AttributeUpdateRequest } from "@quorate/controller";

/** A request as `attrd_updater` sends it when nothing else is said: of the node that is asked, at once, without waiting for the others. */
export function attributeUpdate(
  name: string,
  value: string | null,
  more: Partial<AttributeUpdateRequest> = {},
): AttributeUpdateRequest {
  return {
    name,
    isPattern: false,
    value,
    kind: "value",
    node: null,
    delayMs: null,
    isPrivate: false,
    setId: null,
    setType: null,
    wait: "no",
    user: null,
    ...more,
  };
}
