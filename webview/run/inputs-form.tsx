import { useRef, useState } from 'preact/hooks';
import type { JsonObject } from '../../src/core/base/json';
import type { InputDeclaration } from '../../src/core/model/workflow';
import { initialTexts, readForm } from './form-values';
import { Button, Checkbox, Dropdown, TextArea, TextField } from '../kit/toolkit';
import type { InputsForm as InputsFormMessage } from './run-model';

/** What a workflow wants to know before it starts, when that is more than a few quick questions. */
export function InputsForm(props: {
  readonly form: InputsFormMessage;
  readonly isSent: boolean;
  readonly refused: string | undefined;
  readonly onStart: (values: JsonObject) => void;
}) {
  const { form } = props;
  const [texts, setTexts] = useState(() => initialTexts(form.inputs, form.values));
  const [isChecked, setChecked] = useState(false);
  const root = useRef<HTMLFormElement>(null);
  const { values, errors } = readForm(form.inputs, texts);

  const start = () => {
    setChecked(true);
    const wrong = Object.keys(errors)[0];
    if (wrong === undefined) props.onStart(values);
    else
      root.current
        ?.querySelector<HTMLElement>(`[data-input="${CSS.escape(wrong)}"]`)
        ?.querySelector<HTMLElement>('.field, .dropdown')
        ?.focus();
  };

  return (
    <main class="inputs">
      <form
        ref={root}
        class="inputs-form"
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) start();
        }}
      >
        <h1>{form.workflow}</h1>
        {form.description !== undefined && <p class="muted">{form.description}</p>}
        {Object.entries(form.inputs).map(([name, input]) => (
          <Field
            key={name}
            name={name}
            input={input}
            text={texts[name] ?? ''}
            error={isChecked ? errors[name] : undefined}
            onInput={(text) => setTexts((before) => ({ ...before, [name]: text }))}
          />
        ))}
        {props.refused !== undefined && (
          <p class="refused" role="alert">
            {props.refused}
          </p>
        )}
        <div class="card-actions">
          <Button kind="primary" label="Run Workflow" disabled={props.isSent} onClick={start} />
          <span class="card-sent" role="status">
            {props.isSent ? 'Starting' : ''}
          </span>
        </div>
      </form>
    </main>
  );
}

function Field(props: {
  readonly name: string;
  readonly input: InputDeclaration;
  readonly text: string;
  readonly error: string | undefined;
  readonly onInput: (text: string) => void;
}) {
  const { name, input, text, error, onInput } = props;
  return (
    <div class={error === undefined ? 'input' : 'input is-wrong'} data-input={name}>
      {input.type === 'boolean' ? (
        <Checkbox
          label={name}
          checked={text === 'true'}
          onChange={(checked) => onInput(checked ? 'true' : '')}
        />
      ) : input.type === 'choice' ? (
        <>
          <span class="input-label" aria-hidden="true">
            <LabelText name={name} input={input} error={undefined} />
          </span>
          <Dropdown description={name} value={text} options={input.options ?? []} onInput={onInput} />
        </>
      ) : input.type === 'json' || text.includes('\n') ? (
        <TextArea
          label={<LabelText name={name} input={input} error={error} />}
          rows={4}
          value={text}
          onInput={onInput}
        />
      ) : (
        <TextField
          label={<LabelText name={name} input={input} error={error} />}
          value={text}
          onInput={onInput}
        />
      )}
      {input.description !== undefined && <p class="input-help">{input.description}</p>}
      {error !== undefined && (
        <p class="input-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

/** The error is repeated, unseen, in the label: a description cannot reach a field inside a component. */
function LabelText(props: {
  readonly name: string;
  readonly input: InputDeclaration;
  readonly error: string | undefined;
}) {
  return (
    <>
      {props.name}
      {!props.input.required && <small class="muted"> optional</small>}
      {props.error !== undefined && <small class="hidden"> {props.error}</small>}
    </>
  );
}
