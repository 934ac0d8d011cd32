/** Chance. One stream for each purpose, so that one consumer does not change what another draws. */
export interface Random {
  /** A uniform integer from 0 to 4294967295. */
  uint32(): number;
}
