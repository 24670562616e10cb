/** The outcome of a decision. */
import type { DecisionRecord } from '../../../contract/decisions/record.ts'
import { Badge, type Tone } from '../../parts/badge.tsx'
import { OUTCOMES } from '../../texts/shell.ts'

const TONES: Readonly<Record<DecisionRecord['outcome'], Tone>> = {
  granted: 'good',
  denied: 'bad',
  unavailable: 'warn',
}

export function Outcome({ outcome }: Pick<DecisionRecord, 'outcome'>) {
  return <Badge tone={TONES[outcome]}>{OUTCOMES[outcome]}</Badge>
}
