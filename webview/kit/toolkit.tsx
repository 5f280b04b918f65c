/*
 * owns: the components that come from the toolkit. The only file that knows it, so that another one is a swap of this file.
 * must stay true: everything is registered in one call, otherwise dropdowns stay empty; nothing here needs a style attribute
 * (badge, tag and the determinate ring of the toolkit do, so they are not used).
 */
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeLink,
  vsCodeOption,
  vsCodePanels,
  vsCodePanelTab,
  vsCodePanelView,
  vsCodeTextArea,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { h, type ComponentChildren, type Ref } from 'preact';

/** Defines the custom elements. Call once, before the first drawing. */
export function registerKit(): void {
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeCheckbox(),
    vsCodeDropdown(),
    vsCodeLink(),
    vsCodeOption(),
    vsCodePanels(),
    vsCodePanelTab(),
    vsCodePanelView(),
    vsCodeTextArea(),
    vsCodeTextField(),
  );
}

export function Icon(props: { readonly name: string }) {
  return <span class={`codicon codicon-${props.name}`} aria-hidden="true" />;
}

export interface ButtonProps {
  readonly label: string;
  /** primary: the one thing to do here. plain: looks like text, for what is done less often. */
  readonly kind?: 'primary' | 'secondary' | 'plain';
  readonly disabled?: boolean;
  readonly onClick: (event: Event) => void;
  /** Said by a screen reader instead of the label, when the label alone is not clear enough. */
  readonly description?: string;
  readonly elementRef?: Ref<HTMLElement>;
}

export function Button(props: ButtonProps) {
  const { kind = 'secondary' } = props;
  return h(
    'vscode-button',
    {
      class: `button button-${kind}`,
      appearance: kind === 'primary' ? 'primary' : 'secondary',
      disabled: props.disabled === true,
      onClick: (event: Event) => {
        if (props.disabled !== true) props.onClick(event);
      },
      ...(props.description !== undefined && { 'aria-label': props.description }),
      ...(props.elementRef !== undefined && { ref: props.elementRef }),
    },
    props.label,
  );
}

export interface IconButtonProps {
  readonly icon: string;
  readonly label: string;
  readonly disabled?: boolean;
  readonly onClick: (event: Event) => void;
  /** For a button that opens a menu. */
  readonly expanded?: boolean;
  readonly elementRef?: Ref<HTMLElement>;
}

export function IconButton(props: IconButtonProps) {
  return h(
    'vscode-button',
    {
      class: 'icon-button',
      'aria-label': props.label,
      title: props.label,
      appearance: 'icon',
      disabled: props.disabled === true,
      onClick: (event: Event) => {
        if (props.disabled !== true) props.onClick(event);
      },
      ...(props.expanded !== undefined && {
        'aria-haspopup': 'menu',
        'aria-expanded': String(props.expanded),
      }),
      ...(props.elementRef !== undefined && { ref: props.elementRef }),
    },
    <Icon name={props.icon} />,
  );
}

/** Goes somewhere: an artifact, a file, a run. */
export function Link(props: {
  readonly onClick: () => void;
  readonly title?: string;
  readonly children: ComponentChildren;
}) {
  return h(
    'vscode-link',
    {
      class: 'link',
      // Without an address it would not be reachable by keyboard; the address itself is never followed.
      href: '#',
      onClick: (event: Event) => {
        event.preventDefault();
        event.stopPropagation();
        props.onClick();
      },
      ...(props.title !== undefined && { title: props.title }),
    },
    props.children,
  );
}

interface FieldProps {
  readonly label: ComponentChildren;
  readonly value: string;
  readonly disabled?: boolean;
  readonly placeholder?: string;
  readonly onInput: (value: string) => void;
  readonly elementRef?: Ref<HTMLElement>;
}

// `input` and not `change`: the toolkit tells `change` only when the field is left.
function fieldAttributes(props: FieldProps) {
  return {
    value: props.value,
    disabled: props.disabled === true,
    onInput: (event: Event) => props.onInput((event.target as HTMLInputElement).value),
    ...(props.placeholder !== undefined && { placeholder: props.placeholder }),
    ...(props.elementRef !== undefined && { ref: props.elementRef }),
  };
}

export function TextField(props: FieldProps & { readonly class?: string }) {
  return h(
    'vscode-text-field',
    { class: `field ${props.class ?? ''}`, ...fieldAttributes(props) },
    props.label,
  );
}

export function TextArea(props: FieldProps & { readonly rows: number }) {
  return h(
    'vscode-text-area',
    { class: 'field', rows: props.rows, resize: 'vertical', ...fieldAttributes(props) },
    props.label,
  );
}

export function Checkbox(props: {
  /** The toolkit takes the name for screen readers from its text, once: it must stay the same. */
  readonly label: ComponentChildren;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
}) {
  return h(
    'vscode-checkbox',
    {
      class: 'checkbox',
      checked: props.checked,
      disabled: props.disabled === true,
      onChange: (event: Event) => props.onChange((event.target as HTMLInputElement).checked),
    },
    props.label,
  );
}

export function Dropdown(props: {
  /** A dropdown of the toolkit has no label of its own: the text beside it is repeated here. */
  readonly description: string;
  readonly value: string;
  readonly options: readonly string[];
  readonly disabled?: boolean;
  readonly onInput: (value: string) => void;
}) {
  return h(
    'vscode-dropdown',
    {
      class: 'dropdown',
      'aria-label': props.description,
      disabled: props.disabled === true,
      onInput: (event: Event) => props.onInput((event.target as HTMLInputElement).value),
    },
    props.options.map((option) =>
      h('vscode-option', { key: option, value: option, selected: option === props.value }, option),
    ),
  );
}

export interface Tab {
  readonly id: string;
  readonly label: string;
  readonly content: ComponentChildren;
}

export function Tabs(props: {
  readonly label: string;
  readonly active: string;
  readonly tabs: readonly Tab[];
  readonly onActivate: (id: string) => void;
}) {
  return h(
    'vscode-panels',
    {
      class: 'tabs',
      'aria-label': props.label,
      activeid: `tab-${props.active}`,
      onChange: (event: Event) => {
        const id = (event.target as HTMLElement & { activeid?: string }).activeid;
        if (id?.startsWith('tab-')) props.onActivate(id.slice(4));
      },
    },
    props.tabs.map((tab) => h('vscode-panel-tab', { key: `tab-${tab.id}`, id: `tab-${tab.id}` }, tab.label)),
    props.tabs.map((tab) =>
      h(
        'vscode-panel-view',
        { key: `view-${tab.id}`, id: `view-${tab.id}` },
        tab.id === props.active ? tab.content : null,
      ),
    ),
  );
}
