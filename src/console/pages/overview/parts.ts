/** Reads the checks of a health report. A newer gateway may have further ones. */

export type Parts = {
  readonly notReady: readonly string[]
  /** Optional parts that the deployment does not have. */
  readonly off: readonly string[]
}

export function listParts(checks: object): Parts {
  const entries = Object.entries(checks).map(([name, check]) => [name, readCheck(check)] as const)
  return {
    notReady: entries.filter(([, { ready }]) => ready === false).map(([name]) => name),
    off: entries
      .filter(([, { enabled }]) => enabled === false)
      .map(([name]) => name.replaceAll('_', ' ')),
  }
}

type Check = { readonly ready?: unknown; readonly enabled?: unknown }

function readCheck(value: unknown): Check {
  return typeof value === 'object' && value !== null ? value : {}
}
