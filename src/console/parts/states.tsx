/** What a part of a page shows while it loads, when there is nothing, and when it failed. */
import type { ComponentChildren } from 'preact'
import { type ApiFailure, canRetry, describeFailure, type FailureText } from '../api/failure.ts'
import type { Loaded } from '../api/use-data.ts'
import { FAILURES, STATES } from '../texts/shell.ts'
import { Name } from './name.tsx'

export function Loading({ what = STATES.loading }: { readonly what?: string }) {
  return (
    <p class="loading" role="status">
      {what}…
    </p>
  )
}

export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>
}

type BoxProps = {
  readonly text: FailureText
  readonly action?: string
  readonly onAction?: () => void
}

export function FailureBox({ text, action, onAction }: BoxProps) {
  return (
    <div class="notice bad" role="alert">
      <strong>{text.title}.</strong> {text.detail}
      {text.problems !== undefined && (
        <ul>
          {text.problems.map((problem, index) => (
            <li key={index}>
              <Name text={problem} />
            </li>
          ))}
        </ul>
      )}
      {action !== undefined && (
        <button type="button" class="button" onClick={onAction}>
          {action}
        </button>
      )}
    </div>
  )
}

type FailureProps = { readonly failure: ApiFailure; readonly onRetry?: () => void }

export function Failure({ failure, onRetry }: FailureProps) {
  const isRetried = onRetry !== undefined && canRetry(failure)
  return (
    <FailureBox
      text={describeFailure(failure)}
      {...(isRetried && { action: FAILURES.retry, onAction: onRetry })}
    />
  )
}

type LoadedViewProps<T> = {
  readonly data: Loaded<T>
  /** What is loaded, such as "Loading the rules". */
  readonly what?: string
  readonly children: (value: T) => ComponentChildren
}

/** Shows a loaded value. If loading it again failed, the last value stays, with the failure above it. */
export function LoadedView<T>({ data, what, children }: LoadedViewProps<T>) {
  const { value, failure, reload } = data
  return (
    <>
      {failure !== undefined && <Failure failure={failure} onRetry={reload} />}
      {failure !== undefined && value !== undefined && <p class="hint">{STATES.stale}</p>}
      {value === undefined
        ? failure === undefined && <Loading {...(what !== undefined && { what })} />
        : children(value)}
    </>
  )
}
