/**
 * Ids of the groups, and those of them whose rule no line of ours enforces: there is nothing to
 * take away, so no change of the source could show that a test notices.
 */

/** How many ids each group of attacks has: TOK-01 to TOK-18, and so on. */
export const GROUPS = {
  TOK: 18,
  CLM: 15,
  KEY: 13,
  NET: 15,
  ISS: 6,
  EXC: 17,
  REP: 5,
  WRK: 10,
  LOG: 4,
  OUT: 6,
} as const

export const WITHOUT_MUTANT: Readonly<Record<string, string>> = {
  'TOK-18': 'says where the tests run: the worker project runs them on workerd',
}
