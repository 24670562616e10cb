/** What is asked for in the playground, and who decides. */
import { Field } from '../../parts/field.tsx'
import { PLAYGROUND } from '../../texts/playground.ts'
import type { ResourceChoice } from './parties.ts'
import type { RequestFields } from './request.ts'

type Props = {
  readonly fields: RequestFields
  readonly resources: readonly ResourceChoice[]
  readonly revision: number
  readonly hasDraft: boolean
  readonly byDraft: boolean
  readonly isBusy: boolean
  readonly onChange: (fields: RequestFields) => void
  readonly onSource: (byDraft: boolean) => void
}

export function RequestForm(props: Props) {
  const { fields, resources, revision, hasDraft, byDraft, isBusy, onChange, onSource } = props
  const set = (change: Partial<RequestFields>) => onChange({ ...fields, ...change })
  const scopes = resources.find(({ uri }) => uri === fields.resource)?.scopes ?? []
  return (
    <section class="card">
      <h2>{PLAYGROUND.what}</h2>
      <Field label={PLAYGROUND.resource}>
        {(ids) => (
          <select
            {...ids}
            value={fields.resource}
            onChange={({ currentTarget }) => set({ resource: currentTarget.value, scopes: '' })}
          >
            <option value="">{PLAYGROUND.anyResource}</option>
            {resources.map(({ uri }) => (
              <option key={uri} value={uri}>
                {uri}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field
        label={PLAYGROUND.scopes}
        hint={`${PLAYGROUND.scopesHint}${scopes.length === 0 ? '' : ` ${PLAYGROUND.known(scopes.join(' '))}`}`}
      >
        {(ids) => (
          <input
            {...ids}
            autocomplete="off"
            spellcheck={false}
            value={fields.scopes}
            onInput={({ currentTarget }) => set({ scopes: currentTarget.value })}
          />
        )}
      </Field>
      <div class="row">
        <Field label={PLAYGROUND.rule} hint={PLAYGROUND.ruleHint}>
          {(ids) => (
            <input
              {...ids}
              autocomplete="off"
              spellcheck={false}
              value={fields.rule}
              onInput={({ currentTarget }) => set({ rule: currentTarget.value })}
            />
          )}
        </Field>
        <Field label={PLAYGROUND.lifetime}>
          {(ids) => (
            <input
              {...ids}
              type="number"
              min={1}
              step={1}
              value={fields.lifetime}
              onInput={({ currentTarget }) => set({ lifetime: currentTarget.value })}
            />
          )}
        </Field>
      </div>
      {hasDraft && (
        <fieldset class="segments">
          <legend>{PLAYGROUND.decideBy}</legend>
          {[false, true].map((isDraft) => (
            <label key={String(isDraft)} class="choice">
              <input
                type="radio"
                name="decide-by"
                checked={byDraft === isDraft}
                onChange={() => onSource(isDraft)}
              />
              {isDraft ? PLAYGROUND.byDraft : PLAYGROUND.byGateway(revision)}
            </label>
          ))}
        </fieldset>
      )}
      <button type="submit" class="button strong" disabled={isBusy}>
        {isBusy ? PLAYGROUND.deciding : PLAYGROUND.decide}
      </button>
    </section>
  )
}
