/**
 * Keeps the decisions of `decisions list --json` until all of them are read, because JSON that is cut
 * off must not be printed. A record takes 10 KB as objects and text, and a tenth of a kilobyte here.
 */
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import type { DecisionRecord } from '../../contract/decisions/record.ts'
import { passJson } from '../shell/output.ts'

export type KeptPages = {
  readonly add: (decisions: readonly DecisionRecord[]) => void
  /** Prints what `printJson({ decisions, ...rest }, 2)` would, one page after the other. */
  readonly print: (rest: Readonly<Record<string, unknown>>) => Promise<void>
}

export function createKeptPages(): KeptPages {
  const pages: Uint8Array[] = []

  return {
    add(decisions) {
      if (decisions.length === 0) return
      const text = JSON.stringify(decisions)
      pages.push(deflateRawSync(text, { level: constants.Z_BEST_SPEED }))
    },
    async print(rest) {
      await passJson('{\n  "decisions": [')
      for (const [index, page] of pages.entries()) {
        const decisions = JSON.parse(inflateRawSync(page).toString()) as readonly unknown[]
        await passJson(`${index === 0 ? '' : ','}${decisions.map(renderEntry).join(',')}`)
      }
      const members = JSON.stringify(rest, null, 2).slice(1)
      await passJson(`${pages.length === 0 ? '' : '\n  '}],${members}\n`)
    },
  }
}

function renderEntry(decision: unknown): string {
  return `\n    ${JSON.stringify(decision, null, 2).replaceAll('\n', '\n    ')}`
}
