/**
 * What a source of subject tokens is: the one thing `exchange` cannot know by itself is how a
 * platform hands its own token to a workload. The sources themselves are in `sources/`.
 */

/** What a source is asked for. */
export type SubjectTokenRequest = {
  /** Whom the token is for: the audience that the gateway expects. Some platforms fix their own. */
  readonly audience: string
  readonly signal?: AbortSignal | undefined
}

/** Hands out the platform's own token: what `detect` or `openSource` found, or your own. */
export type SubjectTokenSource = {
  /** As `edgemint token --source` and error messages name it, such as `github-actions`. */
  readonly name: string
  /**
   * The platform's token as it is right now; asked for before each exchange.
   * @throws ExchangeError with the code `source_unavailable`
   */
  readonly getSubjectToken: (request: SubjectTokenRequest) => Promise<string>
}
