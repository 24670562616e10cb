/** The HTTP response of a gateway, before any check of its content. */
export type Answer = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}
