/** The text of a rule in YAML, as it can stand in a trust file. */
import { useEffect, useState } from 'preact/hooks'
import type { RuleSource } from '../../../contract/trust-document.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { makeVisible } from '../../parts/names.ts'
import { Loading } from '../../parts/states.tsx'
import { RULE } from '../../texts/rules.ts'

export function RuleText({ rule }: { readonly rule: RuleSource }) {
  const [text, setText] = useState<string>()
  useEffect(() => {
    let isCurrent = true
    // The writer of YAML is larger than this page, so it is loaded apart. JSON is YAML too.
    import('yaml').then(
      ({ stringify }) => isCurrent && setText(stringify([rule])),
      () => isCurrent && setText(JSON.stringify(rule, null, 2)),
    )
    return () => {
      isCurrent = false
    }
  }, [rule])
  return (
    <section class="card">
      <div class="card-head">
        <h2>{RULE.text}</h2>
        {text !== undefined && <CopyButton text={text} label={RULE.copyText} />}
      </div>
      {text === undefined ? (
        <Loading />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus (WCAG 2.1.1).
        <pre tabIndex={0}>{text.split('\n').map(makeVisible).join('\n')}</pre>
      )}
    </section>
  )
}
