/** The conditions of a rule, one a row. */
import type { RuleSource } from '../../../contract/trust-document.ts'
import { Name } from '../../parts/name.tsx'
import { Table } from '../../parts/table.tsx'
import { RULE } from '../../texts/rules.ts'
import { listConditions } from './describe-condition.ts'

export function Conditions({ rule }: { readonly rule: RuleSource }) {
  const actor = rule.acting_as
  const rows = [
    ...listConditions(rule.when),
    ...(actor === undefined ? [] : [[RULE.acting, actor.from] as const]),
    ...listConditions(actor?.when).map(
      ([claim, text]) => [`${RULE.acting} · ${claim}`, text] as const,
    ),
  ]
  return (
    <section class="card">
      <h2>{RULE.conditions}</h2>
      {rows.length === 0 ? (
        <p class="hint">{RULE.noConditions}</p>
      ) : (
        <Table label={RULE.conditionsTable} columns={[RULE.claim, RULE.requires]}>
          {rows.map(([claim, text]) => (
            <tr key={claim}>
              <th scope="row" class="mid-cell">
                <Name text={claim} isCode />
              </th>
              <td>
                <Name text={text} />
              </td>
            </tr>
          ))}
        </Table>
      )}
      {rule.condition !== undefined && (
        <p>
          {RULE.expression}: <Name text={rule.condition} isCode />
        </p>
      )}
    </section>
  )
}
