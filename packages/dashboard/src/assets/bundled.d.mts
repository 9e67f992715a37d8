/** The page's files, by what they are. */
export declare const bundled: {
  readonly app: string;
  readonly theme: string;
  readonly style: string;
  readonly icon: string;
};
