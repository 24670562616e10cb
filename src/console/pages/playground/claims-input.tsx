/** The claims of the playground: a form for the platform, JSON, or a token that is decoded here. */
import { useMemo, useState } from 'preact/hooks'
import type { JsonObject } from '../../../web/json.ts'
import { fail, ok, type Result } from '../../../web/result.ts'
import { Field } from '../../parts/field.tsx'
import { PLAYGROUND } from '../../texts/playground.ts'
import {
  type ClaimField,
  decodeToken,
  fillFields,
  listFields,
  parseClaims,
  readFields,
} from './claims.ts'
import type { IssuerChoice } from './parties.ts'
import type { PlaygroundTools } from './use-playground-tools.ts'

const INPUTS = ['form', 'json', 'token'] as const
type Input = (typeof INPUTS)[number]

export type ClaimsState = {
  readonly input: Input
  readonly values: ReadonlyMap<string, string>
  readonly json: string
  readonly token: string
}

export const NO_CLAIMS: ClaimsState = { input: 'form', values: new Map(), json: '', token: '' }

/** The claims, or what is wrong with them. */
export function readClaims(
  { input, values, json, token }: ClaimsState,
  fields: readonly ClaimField[],
): Result<JsonObject, string> {
  if (input === 'form' && fields.length > 0) {
    const read = readFields(fields, values)
    return read.ok ? read : fail(PLAYGROUND.fieldWrong(read.error.field))
  }
  const claims = input === 'token' ? decodeToken(token) : parseClaims(json === '' ? '{}' : json)
  if (claims !== undefined) return ok(claims)
  return fail(input === 'token' ? PLAYGROUND.tokenWrong : PLAYGROUND.jsonWrong)
}

/** The fields of the form. None if the operator of the issuer chooses the claims. */
export function fieldsOf(
  tools: PlaygroundTools | undefined,
  issuer: IssuerChoice | undefined,
): readonly ClaimField[] {
  const provider = issuer && tools?.findProvider(issuer.provider, issuer.url)
  if (provider === undefined || tools === undefined) return []
  return listFields(provider, tools.findClaimSet(provider.id)?.claims ?? {})
}

type Props = {
  readonly state: ClaimsState
  readonly fields: readonly ClaimField[]
  readonly issuer: IssuerChoice | undefined
  readonly tools: PlaygroundTools | undefined
  readonly fault: string | undefined
  readonly onChange: (state: ClaimsState) => void
}

export function ClaimsInput({ state, fields, issuer, tools, fault, onChange }: Props) {
  const example = issuer && tools?.findClaimSet(issuer.provider)?.claims
  const set = (change: Partial<ClaimsState>) => onChange({ ...state, ...change })
  function fillIn() {
    if (example === undefined) return
    const placed = issuer?.url === undefined ? example : { ...example, iss: issuer.url }
    set({ values: fillFields(fields, placed), json: JSON.stringify(placed, null, 2) })
  }
  return (
    <>
      <fieldset class="segments">
        <legend>{PLAYGROUND.input}</legend>
        {INPUTS.map((input) => (
          <label key={input} class="choice">
            <input
              type="radio"
              name="input"
              checked={state.input === input}
              onChange={() => set({ input })}
            />
            {PLAYGROUND.inputs[input]}
          </label>
        ))}
      </fieldset>
      {state.input !== 'token' && (
        <div class="inline-form">
          {example !== undefined && (
            <button type="button" class="button" onClick={fillIn}>
              {PLAYGROUND.example}
            </button>
          )}
          <button type="button" class="button" onClick={() => set({ values: new Map(), json: '' })}>
            {PLAYGROUND.clear}
          </button>
        </div>
      )}
      {state.input === 'form' && <ClaimForm {...{ state, fields, issuer, tools, set }} />}
      {(state.input === 'json' || (state.input === 'form' && fields.length === 0)) && (
        <Field label={PLAYGROUND.json} fault={fault}>
          {(ids) => (
            <textarea
              {...ids}
              class="code tall"
              spellcheck={false}
              value={state.json}
              onInput={({ currentTarget }) => set({ json: currentTarget.value })}
            />
          )}
        </Field>
      )}
      {state.input === 'token' && <TokenField {...{ state, fault, set }} />}
      {state.input === 'form' && fields.length > 0 && fault !== undefined && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
    </>
  )
}

type PartProps = {
  readonly state: ClaimsState
  readonly set: (change: Partial<ClaimsState>) => void
}

type FormProps = PartProps & Pick<Props, 'fields' | 'issuer' | 'tools'>

function ClaimForm({ state: { values }, fields, issuer, tools, set }: FormProps) {
  const [isWhole, setWhole] = useState(false)
  if (fields.length === 0) return <p class="hint">{PLAYGROUND.noClaims}</p>
  const shown = fields.filter(
    ({ name, example, isRequired }) =>
      isWhole || isRequired || example !== '' || (values.get(name) ?? '') !== '',
  )
  return (
    <>
      <div class="claim-fields">
        {shown.map(({ name, path, example, isRequired }) => (
          <Field
            key={name}
            label={name}
            hint={[
              ...(isRequired ? [`${PLAYGROUND.required}.`] : []),
              tools?.describeClaim(issuer?.provider ?? '', path) ?? '',
            ].join(' ')}
          >
            {(ids) => (
              <input
                {...ids}
                autocomplete="off"
                spellcheck={false}
                placeholder={example}
                value={values.get(name) ?? ''}
                onInput={({ currentTarget }) =>
                  set({ values: new Map([...values, [name, currentTarget.value]]) })
                }
              />
            )}
          </Field>
        ))}
      </div>
      <label class="choice">
        <input
          type="checkbox"
          checked={isWhole}
          onChange={({ currentTarget }) => setWhole(currentTarget.checked)}
        />
        {PLAYGROUND.filter}
      </label>
    </>
  )
}

function TokenField({
  state: { token },
  fault,
  set,
}: PartProps & { readonly fault: string | undefined }) {
  const claims = useMemo(() => decodeToken(token), [token])
  return (
    <>
      <Field label={PLAYGROUND.token} hint={PLAYGROUND.tokenHint} fault={fault}>
        {(ids) => (
          <textarea
            {...ids}
            class="code"
            rows={4}
            spellcheck={false}
            autocomplete="off"
            value={token}
            onInput={({ currentTarget }) => set({ token: currentTarget.value })}
          />
        )}
      </Field>
      {claims !== undefined && (
        <>
          <p>{PLAYGROUND.tokenRead}</p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take the focus (WCAG 2.1.1). */}
          <pre class="made" tabIndex={0}>
            {JSON.stringify(claims, null, 2)}
          </pre>
        </>
      )}
    </>
  )
}
