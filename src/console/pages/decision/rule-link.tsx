/** The name of a rule that decided, with a link to its page if it has one. */
import type { DecisionRecord } from '../../../contract/decisions/record.ts'
import { Name } from '../../parts/name.tsx'
import { signIn } from '../../session/session.ts'
import { pathTo } from '../../shell/route.ts'
import { Link } from '../../shell/router.tsx'
import { useStore } from '../../shell/store.ts'
import { isByPolicy } from './decided-by.ts'

type Props = { readonly rule: string; readonly isOfPolicy: boolean }

export function RuleLink({ rule, isOfPolicy }: Props) {
  const name = <Name text={rule} />
  return isOfPolicy ? name : <Link to={pathTo('rules', rule)}>{name}</Link>
}

/** The rule of a decision. */
export function DecidingRule({
  rule,
  decision,
}: {
  readonly rule: string
  readonly decision: DecisionRecord
}) {
  const state = useStore(signIn)
  const isOfPolicy = state.state === 'signed_in' && isByPolicy(decision, state.session.issuer)
  return <RuleLink rule={rule} isOfPolicy={isOfPolicy} />
}
