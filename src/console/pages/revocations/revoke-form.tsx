/**
 * Revokes one token, or all of a subject, a rule, an issuer or a key, or everything. It counts the live
 * tokens first, and everything needs a typed confirmation.
 */
import { useState } from 'preact/hooks'
import type { RevocationDryRun } from '../../../contract/admin.ts'
import type { ApiFailure } from '../../api/failure.ts'
import { createTurns } from '../../api/turns.ts'
import { Field } from '../../parts/field.tsx'
import { Name } from '../../parts/name.tsx'
import { Failure } from '../../parts/states.tsx'
import { showMessage } from '../../shell/messages.tsx'
import { REVOCATIONS } from '../../texts/revocations.ts'
import { Confirmation, type Confirmed } from './confirmation.tsx'
import { countLive, revoke } from './revocations-api.ts'
import { describeTarget, GRAINS, type Grain, readTarget, type Target } from './target.ts'

type Props = {
  /** What a link to this page names. */
  readonly first: { readonly grain: string; readonly name: string }
  readonly onRevoked: () => void
}
type Counted = { readonly target: Target; readonly dryRun: RevocationDryRun }

export function RevokeForm({ first, onRevoked }: Props) {
  const [grain, setGrain] = useState<Grain>(
    () => GRAINS.find((one) => one === first.grain) ?? 'token',
  )
  const [name, setName] = useState(first.name)
  const [fault, setFault] = useState<string>()
  const [failure, setFailure] = useState<ApiFailure>()
  const [counted, setCounted] = useState<Counted>()
  const [isBusy, setBusy] = useState(false)
  const [turns] = useState(createTurns)
  /** Returns whether the form is still as it is now. */
  const forget = () => {
    setCounted(undefined)
    setFault(undefined)
    setFailure(undefined)
    return turns.begin()
  }

  async function count(event: Event) {
    event.preventDefault()
    const isUnchanged = forget()
    const target = readTarget(grain, name)
    if (target === undefined) return setFault(REVOCATIONS.needsName)
    setBusy(true)
    const answer = await countLive(target)
    setBusy(false)
    // The number of other tokens must not stand beside what the user wrote meanwhile.
    if (!isUnchanged()) return
    if (answer.ok) setCounted({ target, dryRun: answer.value })
    else setFailure(answer.error)
  }

  async function finish({ target, dryRun }: Counted, confirmed: Confirmed) {
    const { reason, keepsIssuing, knows } = confirmed
    setBusy(true)
    const answer = await revoke(target, {
      reason,
      ...(keepsIssuing ? { before: Math.floor(Date.now() / 1000) } : {}),
      ...(knows ? { confirm: true } : {}),
    })
    setBusy(false)
    if (!answer.ok) return setFailure(answer.error)
    const text =
      'jti' in answer.value
        ? REVOCATIONS.revokedToken(answer.value.jti)
        : REVOCATIONS.revoked(describeTarget(dryRun.grain, dryRun.id))
    showMessage({ tone: 'good', text })
    setName('')
    forget()
    onRevoked()
  }

  const field = grain === 'all' ? undefined : REVOCATIONS.fields[grain]
  return (
    <section class="card">
      <h2>{REVOCATIONS.revoke}</h2>
      <form onSubmit={(event) => void count(event)}>
        <fieldset class="segments">
          <legend>{REVOCATIONS.grain}</legend>
          {GRAINS.map((one) => (
            <label key={one} class="choice">
              <input
                type="radio"
                name="grain"
                checked={grain === one}
                onChange={() => {
                  setGrain(one)
                  setName('')
                  forget()
                }}
              />
              {REVOCATIONS.grains[one]}
            </label>
          ))}
        </fieldset>
        {field === undefined ? (
          <p class="notice bad">{REVOCATIONS.allExplain}</p>
        ) : (
          <Field label={field.label} hint={field.hint} fault={fault}>
            {(ids) => (
              <input
                {...ids}
                autocomplete="off"
                spellcheck={false}
                value={name}
                onInput={({ currentTarget }) => {
                  setName(currentTarget.value)
                  forget()
                }}
              />
            )}
          </Field>
        )}
        <button type="submit" class="button" disabled={isBusy}>
          {isBusy && counted === undefined ? REVOCATIONS.counting : REVOCATIONS.count}
        </button>
      </form>
      {failure !== undefined && <Failure failure={failure} />}
      {counted !== undefined && (
        <>
          <p class="counted" role="status">
            <Name text={describeTarget(counted.dryRun.grain, counted.dryRun.id)} />:{' '}
            {REVOCATIONS.counted(counted.dryRun.live_tokens, counted.dryRun.lower_bound)}
          </p>
          {counted.dryRun.gaps.map((gap) => (
            <p key={gap} class="hint">
              <Name text={gap} />
            </p>
          ))}
          <Confirmation
            isCoarse={grain !== 'token'}
            isEverything={grain === 'all'}
            isOwn={counted.dryRun.own_token}
            isBusy={isBusy}
            onConfirm={(confirmed) => void finish(counted, confirmed)}
          />
        </>
      )}
    </section>
  )
}
