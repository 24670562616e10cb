/** The form of the filters of decisions. */
import { useState } from 'preact/hooks'
import type { DecisionRecord } from '../../../contract/decisions/record.ts'
import { DECISIONS } from '../../texts/decisions.ts'
import { OUTCOMES } from '../../texts/shell.ts'
import {
  FIRST_FILTERS,
  type Filters,
  formatFilters,
  fromLocalInput,
  hasFurther,
  readFilters,
  TEXT_FILTERS,
  type TextFilter,
  toLocalInput,
} from './filters.ts'

const OUTCOME_NAMES = [
  'granted',
  'denied',
  'unavailable',
] as const satisfies readonly DecisionRecord['outcome'][]

type Props = {
  readonly filters: Filters
  readonly onSearch: (filters: Filters) => void
}

export function DecisionFilters({ filters, onSearch }: Props) {
  const [isOpen, setOpen] = useState(hasFurther(filters))
  const search = (event: SubmitEvent) => {
    event.preventDefault()
    if (event.currentTarget instanceof HTMLFormElement)
      onSearch(readForm(event.currentTarget, filters))
  }
  const text = (name: TextFilter) => (
    <label key={name} class="field">
      <span>{DECISIONS.fields[name]}</span>
      <input name={name} defaultValue={filters[name]} autoComplete="off" spellcheck={false} />
    </label>
  )
  const time = (name: 'from' | 'to') => (
    <label key={name} class="field">
      <span>{DECISIONS.fields[name]}</span>
      <input
        name={name}
        type="datetime-local"
        step={1}
        defaultValue={toLocalInput(filters[name], name)}
      />
    </label>
  )
  return (
    <search>
      <form class="filters" aria-label={DECISIONS.filter} onSubmit={search}>
        <label class="field">
          <span>{DECISIONS.fields.outcome}</span>
          <select name="outcome">
            <option value="">{DECISIONS.any}</option>
            {OUTCOME_NAMES.map((outcome) => (
              // Preact ignores `defaultValue` of a select.
              <option key={outcome} value={outcome} selected={outcome === filters.outcome}>
                {OUTCOMES[outcome]}
              </option>
            ))}
          </select>
        </label>
        {FIRST_FILTERS.map(text)}
        {isOpen && (
          <>
            {TEXT_FILTERS.filter((name) => !FIRST_FILTERS.includes(name)).map(text)}
            {time('from')}
            {time('to')}
            <label class="field wide">
              <span>{DECISIONS.fields.claim}</span>
              <textarea
                name="claim"
                rows={2}
                placeholder={DECISIONS.claimHint}
                defaultValue={filters.claims.join('\n')}
                spellcheck={false}
              />
            </label>
          </>
        )}
        <button class="button strong" type="submit">
          {DECISIONS.apply}
        </button>
        {!isOpen && (
          <button type="button" class="button" onClick={() => setOpen(true)}>
            {DECISIONS.more}
          </button>
        )}
        {formatFilters(filters) !== '' && (
          <button
            type="button"
            class="quiet"
            onClick={() => onSearch(readFilters(new URLSearchParams()))}
          >
            {DECISIONS.clear}
          </button>
        )}
      </form>
    </search>
  )
}

/** Keeps the exact text of a time that the user did not change. */
function readForm(form: HTMLFormElement, before: Filters): Filters {
  const data = new FormData(form)
  const query = new URLSearchParams()
  for (const name of ['outcome', ...TEXT_FILTERS]) {
    const value = String(data.get(name) ?? '').trim()
    if (value !== '') query.set(name, value)
  }
  for (const name of ['from', 'to'] as const) {
    const value = String(data.get(name) ?? '')
    const isSame = value === toLocalInput(before[name], name)
    query.set(name, isSame ? before[name] : fromLocalInput(value))
  }
  for (const line of String(data.get('claim') ?? '').split('\n')) {
    if (line.trim() !== '') query.append('claim', line.trim())
  }
  return readFilters(query)
}
