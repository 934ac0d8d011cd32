/** The stages of placement, in the order in which they run. Source: scheduler specification, part 2, 2. */
export { assignResources } from "./assign-resources.ts";
export { readConstraints } from "./constraints/read-constraints.ts";
export { addImplicitConstraints } from "./criteria/implicit-constraints.ts";
export { applyNodeCriteria } from "./criteria/node-criteria.ts";
export { applyNodeHealth } from "./criteria/node-health.ts";
