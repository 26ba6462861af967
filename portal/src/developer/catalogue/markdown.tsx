import './markdown.css';
import Box from '@cloudscape-design/components/box';
import Link from '@cloudscape-design/components/link';
import TextContent from '@cloudscape-design/components/text-content';
import type { ReactNode } from 'react';
import Markdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { CodeBlock } from '../../shared/show/code-block.tsx';

/** Only what leads somewhere that people can go to; anything else is text. */
const LEADS_SOMEWHERE = /^(?:https?:|mailto:|#|\/(?!\/))/i;

/**
 * A text of the operator's: HTML in it is text, links lead to web pages and mail addresses alone, and pictures are
 * named and not loaded, since no other host is asked for anything.
 */
export function SafeMarkdown({ text }: { text: string }) {
  return (
    <TextContent>
      <div className="markdown">
        <Markdown remarkPlugins={[remarkGfm]} components={COMPONENTS}>
          {text}
        </Markdown>
      </div>
    </TextContent>
  );
}

const COMPONENTS: Components = {
  a: ({ href = '', children }) =>
    LEADS_SOMEWHERE.test(href) ? (
      <Link href={href} external={!href.startsWith('#') && !href.startsWith('/')} rel="noreferrer noopener">
        {children}
      </Link>
    ) : (
      <span>{children}</span>
    ),
  img: ({ alt }) => (alt ? <Box variant="span">[picture: {alt}]</Box> : null),
  // The page has a title of its own.
  h1: ({ children }) => <h2>{children}</h2>,
  h2: ({ children }) => <h3>{children}</h3>,
  h3: ({ children }) => <h4>{children}</h4>,
  pre: ({ children, node }) => {
    const text = textOf(node as unknown as Node);
    return text === '' ? <pre>{children}</pre> : <CodeBlock text={text.replace(/\n$/, '')} what="example" />;
  },
  table: ({ children }) => <ScrolledTable>{children}</ScrolledTable>,
  // Alignment comes as a style, which only elements that React makes may have.
  input: ({ checked }) => <span>{checked ? '☑' : '☐'}</span>,
};

function ScrolledTable({ children }: { children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys
    <section className="markdown-table" tabIndex={0} aria-label="Table">
      <table>{children}</table>
    </section>
  );
}

interface Node {
  readonly value?: string;
  readonly children?: readonly Node[];
}

function textOf({ value = '', children = [] }: Node): string {
  return value + children.map(textOf).join('');
}
