/** The state of the keys of an issuer. */
import type { IssuerReport } from '../../../contract/admin.ts'
import { Badge, type Tone } from '../../parts/badge.tsx'
import { ISSUERS } from '../../texts/issuers.ts'

type KeyState = keyof typeof ISSUERS.states

const TONES: Readonly<Record<KeyState, Tone>> = {
  fresh: 'good',
  stale: 'warn',
  expired: 'bad',
  absent: 'bad',
  unusable: 'bad',
  uploaded: 'info',
}

function stateOf({ keys }: IssuerReport): KeyState {
  return keys.kind === 'uploaded' ? 'uploaded' : keys.state
}

/** Whether tokens of the issuer can be verified now without a warning. */
export function isFine(issuer: IssuerReport): boolean {
  return ['good', 'info'].includes(TONES[stateOf(issuer)]) && issuer.warnings.length === 0
}

export function KeyStateBadge({ issuer }: { readonly issuer: IssuerReport }) {
  const state = stateOf(issuer)
  return <Badge tone={TONES[state]}>{ISSUERS.states[state]}</Badge>
}

/** The id of the details of an issuer on the page. A document and the policy may share a name. */
export const anchorOf = ({ source, name }: IssuerReport) => `${source}-${name}`
