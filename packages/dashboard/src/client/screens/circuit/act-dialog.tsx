import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Session, Verb } from '../../../protocol/answers.js';
import type { CircuitDetail } from '../../../protocol/circuit.js';
import { meaningOf, verbWords } from '../../../protocol/meaning.js';
import { SwitchPicture } from '../../charts/switch-picture.js';
import { ApiFault, post } from '../../live/api.js';
import { serverNow } from '../../live/use-now.js';
import { Name } from '../../parts/name.js';
import { announce } from '../../parts/toasts.js';
import { lengthOf, timeOf } from '../../text/times.js';
import { visibleOf } from '../../text/visible.js';
import { lookOf, lookWords, type Look } from '../../text/words.js';

interface ActDialogProps {
  readonly verb: Verb;
  readonly circuit: CircuitDetail;
  readonly session: Session;
  readonly onClose: () => void;
  readonly onDone: (circuit: CircuitDetail) => void;
  /** The circuit is not as it was seen. */
  readonly onChanged: (circuit: CircuitDetail) => void;
}

const minute = 60_000;
const hour = 60 * minute;
const forced = [15 * minute, hour, 4 * hour, 24 * hour];
const tripped = [minute, 5 * minute, 15 * minute, hour];

/** What an act would mean, before it is done: in sentences, and as it will look. */
export function ActDialog({ verb, circuit, session, onClose, onDone, onChanged }: ActDialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const { timed, label } = verbWords[verb];
  const [length, setLength] = useState<number | null>(verb === 'trip' ? (circuit.allowAfter ?? 5 * minute) : hour);
  const [reason, setReason] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);

  const now = serverNow();
  const until = timed && length !== null ? timeOf(now + length, now) : null;
  const meaning = meaningOf(verb, circuit, until);

  const act = async (): Promise<void> => {
    setIsBusy(true);
    setFault(null);
    try {
      const { name, revision } = circuit;
      const answer = await post(
        { name, verb, reason: timed ? reason : null, for: timed ? length : null, revision },
        session.token,
      );
      if (answer.status === 'done') {
        announce(`${visibleOf(name)} is ${lookWords[lookOf(answer.circuit)].toLowerCase()} now.`);
        return onDone(answer.circuit);
      }
      onChanged(answer.circuit);
      setFault(
        `Nothing was done: the circuit changed while you looked. It is ${lookWords[lookOf(answer.circuit)].toLowerCase()} now. Look again, then confirm.`,
      );
    } catch (error) {
      setFault(error instanceof ApiFault ? error.message : String(error));
    }
    setIsBusy(false);
  };

  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="act-title" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void act();
        }}
      >
        <h2 id="act-title">{meaning.title}</h2>
        <p class="dialog-name">
          <Name name={circuit.name} />
        </p>
        <div class="before-after">
          <figure>
            <SwitchPicture small look={lookOf(circuit)} />
            <figcaption>{lookWords[lookOf(circuit)]}</figcaption>
          </figure>
          <svg class="arrow" viewBox="0 0 24 12" width="24" height="12" role="img" aria-label="becomes">
            <path d="M1 6h20M16 1.500 21 6l-5 4.500" />
          </svg>
          <figure>
            <SwitchPicture small look={lookAfter[verb]} />
            <figcaption>{lookWords[lookAfter[verb]]}</figcaption>
          </figure>
        </div>
        <div class="meaning" aria-live="polite">
          <p>{meaning.effect}</p>
          <p>{meaning.end}</p>
          {meaning.caution !== null && <p class="caution">{meaning.caution}</p>}
        </div>
        {timed && (
          <>
            <LengthChoice
              verb={verb}
              length={length}
              given={verb === 'trip' ? circuit.allowAfter : null}
              onChange={setLength}
            />
            <label class="field">
              <span>Reason, for whoever looks next</span>
              <input
                type="text"
                value={reason}
                maxLength={300}
                autoComplete="off"
                onInput={(event) => setReason(event.currentTarget.value)}
              />
            </label>
          </>
        )}
        {fault !== null && (
          <p class="banner" role="alert">
            {fault}
          </p>
        )}
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class={`button primary act-${verb}`} disabled={isBusy}>
            {label}
          </button>
        </div>
      </form>
    </dialog>
  );
}

const lookAfter: Readonly<Record<Verb, Look>> = {
  trip: 'open',
  open: 'forced-open',
  close: 'forced-closed',
  release: 'closed',
  reset: 'closed',
};

interface LengthChoiceProps {
  readonly verb: Verb;
  readonly length: number | null;
  /** What the settings say, ms; null: nothing. */
  readonly given: number | null;
  readonly onChange: (length: number | null) => void;
}

function LengthChoice({ verb, length, given, onChange }: LengthChoiceProps): JSX.Element {
  const lengths = verb === 'trip' ? tripped : forced;
  const choices =
    given === null || lengths.includes(given) ? lengths : [...lengths, given].sort((one, other) => one - other);
  return (
    <label class="field">
      <span>For how long</span>
      <select
        value={String(length)}
        onChange={({ currentTarget: { value } }) => onChange(value === 'null' ? null : Number(value))}
      >
        {choices.map((each) => (
          <option key={each} value={String(each)}>
            {each === given ? `${lengthOf(each)}, as the settings say` : lengthOf(each)}
          </option>
        ))}
        {verb !== 'trip' && <option value="null">Until somebody releases it</option>}
      </select>
    </label>
  );
}
