export interface SuccessBuffer { readonly placeholder: never }
