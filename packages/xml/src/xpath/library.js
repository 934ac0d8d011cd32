// The declarations that the library ships pull the whole browser DOM into every program that imports them,
// and with it fetch and timers, which pure packages must not see. library.d.ts declares what we use.
import xpath from "xpath";

// The library hands a node on as often as steps reach it, so that every "//" multiplies the work and `count()` counts
// twice. XPath 1.0 (section 3.3) wants a set after each step.
const { PathExpr, Step } = xpath;
const applySteps = PathExpr.applySteps;
/** Different nodes reach different nodes by these. */
const UNSHARED_AXES = new Set([Step.CHILD, Step.ATTRIBUTE, Step.SELF]);
PathExpr.applySteps = (steps, context, nodes) => {
  let found = nodes;
  for (const step of steps) {
    if (found.length <= 1 || UNSHARED_AXES.has(step.axis)) {
      found = applySteps([step], context, found);
      continue;
    }
    const reached = new Set();
    for (const node of found) for (const next of applySteps([step], context, [node])) reached.add(next);
    found = [...reached];
  }
  return found;
};

export const parse = xpath.parse;
