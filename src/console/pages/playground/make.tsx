/** What can be made of a decision: a case for a fixture file, and a suggested rule. */
import { useMemo, useState } from 'preact/hooks'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Field } from '../../parts/field.tsx'
import { Name } from '../../parts/name.tsx'
import { PLAYGROUND } from '../../texts/playground.ts'
import type { IssuerChoice, ResourceChoice } from './parties.ts'
import type { Decided, PlaygroundRequest } from './request.ts'
import type { PlaygroundTools } from './use-playground-tools.ts'

type Props = {
  readonly tools: PlaygroundTools
  readonly request: PlaygroundRequest
  readonly decided: Decided
  readonly issuer: IssuerChoice
  readonly resources: readonly ResourceChoice[]
  /** The user, as a first owner of a rule. */
  readonly subject: string
}

export function Make({ tools, request, decided, issuer, resources, subject }: Props) {
  const [owner, setOwner] = useState(subject)
  const fixture = useMemo(
    () => tools.writeFixture(request, decided, decided.at),
    [tools, request, decided],
  )
  const suggested = useMemo(() => {
    const [first] = resources
    const known = resources.find(({ uri }) => uri === request.resource) ?? first
    return tools.suggestRule({
      issuerName: issuer.name,
      providerId: issuer.provider,
      claims: request.claims,
      resource: request.resource ?? known?.uri ?? 'https://api.example.com/v1',
      scopes: request.scopes ?? known?.scopes.slice(0, 1) ?? ['read'],
      owner: owner.trim() === '' ? subject : owner,
      at: decided.at,
    })
  }, [tools, request, decided, issuer, owner])
  return (
    <>
      <details>
        <summary>{PLAYGROUND.fixture}</summary>
        <p class="hint">{PLAYGROUND.fixtureHint}</p>
        <Made text={fixture} label={PLAYGROUND.copyFixture} />
      </details>
      <details>
        <summary>{PLAYGROUND.suggest}</summary>
        <p class="hint">{PLAYGROUND.suggestHint}</p>
        <Field label={PLAYGROUND.owner}>
          {(ids) => (
            <input
              {...ids}
              value={owner}
              onInput={({ currentTarget }) => setOwner(currentTarget.value)}
            />
          )}
        </Field>
        {'fault' in suggested ? (
          <p class="notice">
            <Name text={suggested.fault} />
          </p>
        ) : (
          <>
            <Made text={suggested.yaml} label={PLAYGROUND.copyRule} />
            <Notes title={PLAYGROUND.kept} notes={suggested.suggestion.kept} />
            <Notes title={PLAYGROUND.leftOut} notes={suggested.suggestion.leftOut} />
          </>
        )}
      </details>
    </>
  )
}

function Made({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take the focus (WCAG 2.1.1). */}
      <pre class="made" tabIndex={0}>
        {text}
      </pre>
      <CopyButton text={text} label={label} />
    </>
  )
}

type NotesProps = {
  readonly title: string
  readonly notes: readonly { readonly claim: string; readonly why: string }[]
}

function Notes({ title, notes }: NotesProps) {
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {notes.map(({ claim, why }) => (
          <li key={claim}>
            <Name text={claim} isCode />: <Name text={why} />
          </li>
        ))}
      </ul>
    </>
  )
}
