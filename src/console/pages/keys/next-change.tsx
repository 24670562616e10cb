/** The next change of the signing keys in a sentence. */
import type { KeyReport } from '../../../contract/admin.ts'
import { Moment } from '../../parts/moment.tsx'
import { Name } from '../../parts/name.tsx'
import { KEYS } from '../../texts/keys.ts'
import { findNextChange } from './schedule.ts'

export function NextChange({ keys }: { readonly keys: readonly KeyReport[] }) {
  const change = findNextChange(keys, Math.floor(Date.now() / 1000))
  if (change === undefined) return <p>{KEYS.noChange}</p>
  return (
    <p>
      <Moment seconds={change.at} form="relative" />:{' '}
      <Name text={KEYS.changes[change.kind](change.kid)} />
    </p>
  )
}
