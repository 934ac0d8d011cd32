/**
 * Version of the rules by which an operation changes a CIB or is refused. Every node of a cluster judges each change for itself and must come
 * to the same result, so nodes whose versions differ do not work together. Raise it with every change of the code that gives any
 * operation another result on any document: validation, ids, order of elements, access rules. `test/operations/change-rules.test.ts`
 * notices most of them.
 */
export const CHANGE_RULES = 2;
