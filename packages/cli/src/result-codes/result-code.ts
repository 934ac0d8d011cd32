/** One code with its symbolic name and what it means for people. */
export type ResultCode = readonly [code: number, name: string, text: string];

export function findCode(codes: readonly ResultCode[], code: number): ResultCode | null {
  return codes.find(([known]) => known === code) ?? null;
}
