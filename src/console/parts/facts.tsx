/** Names and values, one below the other. Rows without a value are left out. */
import { type ComponentChildren, Fragment } from 'preact'
import { Name } from './name.tsx'

export type Fact = readonly [string, ComponentChildren | undefined]

export function Facts({ rows }: { readonly rows: readonly Fact[] }) {
  const filled = rows.filter(([, value]) => value !== undefined && value !== '')
  return (
    <dl class="facts">
      {filled.map(([name, value]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{typeof value === 'string' ? <Name text={value} /> : value}</dd>
        </Fragment>
      ))}
    </dl>
  )
}
