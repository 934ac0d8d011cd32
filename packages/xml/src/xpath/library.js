// The declarations that the library ships pull the whole browser DOM into every program that imports them,
// and with it fetch and timers, which pure packages must not see. library.d.ts declares what we use.
import xpath from "xpath";

export const parse = xpath.parse;
