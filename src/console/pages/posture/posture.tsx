/** Posture: what is wrong or wider than needed in rules, issuers and keys. */
import { useState } from 'preact/hooks'
import { DEFAULT_UNUSED_DAYS, MAX_UNUSED_DAYS } from '../../../contract/posture/report.ts'
import { read } from '../../api/request.ts'
import { POSTURE_REPORT } from '../../api/shapes.ts'
import { useData } from '../../api/use-data.ts'
import { Field } from '../../parts/field.tsx'
import { LoadedView } from '../../parts/states.tsx'
import { PageFrame } from '../../shell/page-frame.tsx'
import type { PageProps } from '../../shell/page-props.ts'
import { withQuery } from '../../shell/route.ts'
import { navigate } from '../../shell/router.tsx'
import { POSTURE } from '../../texts/posture.ts'
import { Findings } from './findings.tsx'

export function Page({ query }: PageProps) {
  const days = readDays(query.get('unused_days') ?? '') ?? DEFAULT_UNUSED_DAYS
  const report = useData(`posture ${days}`, (signal) =>
    read(`/posture?unused_days=${days}`, POSTURE_REPORT, { signal }),
  )
  return (
    <PageFrame title={POSTURE.title}>
      <LoadedView data={report} what={POSTURE.loading}>
        {(value) => (
          <>
            <p class="hint">
              {POSTURE.explain(value.revision)} {POSTURE.usage[value.usage.state]}
            </p>
            <DaysForm key={days} days={days} />
            <Findings report={value} />
          </>
        )}
      </LoadedView>
    </PageFrame>
  )
}

function DaysForm({ days }: { readonly days: number }) {
  const [text, setText] = useState(String(days))
  const [fault, setFault] = useState<string>()
  function submit(event: Event) {
    event.preventDefault()
    const asked = readDays(text)
    if (asked === undefined) return setFault(POSTURE.daysWrong(MAX_UNUSED_DAYS))
    setFault(undefined)
    return navigate(withQuery('/posture', { unused_days: String(asked) }), { replace: true })
  }
  return (
    <form class="inline-form" onSubmit={submit}>
      <Field label={POSTURE.unusedDays} fault={fault}>
        {(ids) => (
          <input
            {...ids}
            inputMode="numeric"
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        )}
      </Field>
      <button type="submit" class="button">
        {POSTURE.examine}
      </button>
    </form>
  )
}

function readDays(text: string): number | undefined {
  const days = /^[1-9]\d{0,2}$/.test(text.trim()) ? Number(text) : 0
  return days >= 1 && days <= MAX_UNUSED_DAYS ? days : undefined
}
