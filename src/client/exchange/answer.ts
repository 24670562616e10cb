/** What a gateway answered, unjudged. */
export type Answer = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}
