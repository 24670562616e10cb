/** Who used a rule, and how often each of its scopes was granted. */
import type { DecisionPage } from '../../../contract/decisions/answers.ts'
import type { UsedRight } from '../../../contract/posture/report.ts'
import { Moment } from '../../parts/moment.tsx'
import { Name } from '../../parts/name.tsx'
import { Table } from '../../parts/table.tsx'
import { withQuery } from '../../shell/route.ts'
import { Link } from '../../shell/router.tsx'
import { RULE } from '../../texts/rules.ts'
import { groupUsers } from './users.ts'

type UsersProps = { readonly page: DecisionPage; readonly rule: string }

export function Users({ page, rule }: UsersProps) {
  const users = groupUsers(page.decisions)
  if (users.length === 0) return <p class="hint">{RULE.noUsers}</p>
  return (
    <>
      <p class="hint">{RULE.usersOf(page.decisions.length)}</p>
      <Table
        label={RULE.usersTable}
        columns={[RULE.user, RULE.forWhat, { number: RULE.tokens }, RULE.lastUse]}
      >
        {users.map((user) => (
          <tr key={`${user.issuer} ${user.subject}`}>
            <th scope="row" class="mid-cell">
              <Link to={withQuery('/decisions', { rule, subject: user.subject })}>
                <Name text={user.subject} />
              </Link>
              <div class="muted">
                <Name text={user.issuer} />
              </div>
            </th>
            <td class="mid-cell">
              <Name text={user.scopes.join(' ')} isCode />
              <div class="muted">
                <Name text={user.resources.join(' ')} />
              </div>
            </td>
            <td class="number">{user.tokens}</td>
            <td>
              <Moment seconds={user.lastAt} form="relative" />
            </td>
          </tr>
        ))}
      </Table>
    </>
  )
}

export function Rights({ rights }: { readonly rights: readonly UsedRight[] }) {
  if (rights.length === 0) return <p class="hint">{RULE.noUse}</p>
  return (
    <Table
      label={RULE.rightsTable}
      columns={[RULE.scope, RULE.resource, { number: RULE.tokens }, RULE.lastUse]}
    >
      {rights.map(({ scope, resource, granted, last_at }) => (
        <tr key={`${resource} ${scope}`}>
          <th scope="row" class="mid-cell">
            <Name text={scope} isCode />
          </th>
          <td class="mid-cell">
            <Name text={resource} />
          </td>
          <td class="number">{granted.toLocaleString('en')}</td>
          <td>
            <Moment seconds={last_at} form="relative" />
          </td>
        </tr>
      ))}
    </Table>
  )
}
