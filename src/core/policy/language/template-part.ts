/** The parts of a template. Types only. */

export type ScalarType = 'string' | 'number' | 'boolean'

export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'claim'
      /** The claim as the template spells it. */
      readonly claim: string
      readonly path: readonly string[]
      /** Values of this type are rendered unchanged. A value of another type is marked. */
      readonly type: ScalarType
      readonly hashed: boolean
    }
  /** The id of the decision that issues the token. */
  | { readonly kind: 'decision_id' }

export type ClaimPart = Extract<TemplatePart, { kind: 'claim' }>
