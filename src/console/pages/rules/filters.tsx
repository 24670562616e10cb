/** Search and filter of the table of rules. */
import { RULES } from '../../texts/rules.ts'
import type { PagedQuery } from './query.ts'
import { RULE_FILTERS } from './rows.ts'

type Props = {
  readonly query: PagedQuery
  readonly onChange: (query: PagedQuery) => void
}

export function RuleFilters({ query, onChange }: Props) {
  return (
    <search class="filters">
      <label class="field">
        <span>{RULES.search}</span>
        <input
          type="search"
          value={query.search}
          placeholder={RULES.searchHint}
          onInput={({ currentTarget }) =>
            onChange({ ...query, search: currentTarget.value, page: 0 })
          }
        />
      </label>
      <label class="field">
        <span>{RULES.show}</span>
        <select
          value={query.filter}
          onChange={({ currentTarget }) => {
            const filter = RULE_FILTERS.find((name) => name === currentTarget.value) ?? 'all'
            onChange({ ...query, filter, page: 0 })
          }}
        >
          {RULE_FILTERS.map((name) => (
            <option key={name} value={name}>
              {RULES.filters[name]}
            </option>
          ))}
        </select>
      </label>
    </search>
  )
}
