// A board of cards by React and @hello-pangea/dnd, moved by mouse, touch or keyboard.
import { DragDropContext, Draggable, Droppable, type DropResult } from '@hello-pangea/dnd';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import '../cards.css';

type Columns = Record<string, string[]>;

function move(columns: Columns, { source, destination }: DropResult): Columns {
  if (!destination) return columns;
  const next = Object.fromEntries(Object.entries(columns).map(([name, cards]) => [name, [...cards]]));
  const [card] = next[source.droppableId]!.splice(source.index, 1);
  next[destination.droppableId]!.splice(destination.index, 0, card!);
  return next;
}

function Card({ name, index }: { name: string; index: number }) {
  return (
    <Draggable draggableId={name} index={index}>
      {({ innerRef, draggableProps, dragHandleProps }) => (
        <div ref={innerRef} {...draggableProps} {...dragHandleProps} className="card" id={name}>
          {name}
        </div>
      )}
    </Draggable>
  );
}

function Column({ name, cards }: { name: string; cards: string[] }) {
  return (
    <Droppable droppableId={name}>
      {({ innerRef, droppableProps, placeholder }) => (
        <div ref={innerRef} {...droppableProps} className="column" id={name}>
          {cards.map((card, index) => (
            <Card key={card} name={card} index={index} />
          ))}
          {placeholder}
        </div>
      )}
    </Droppable>
  );
}

function Board() {
  const [columns, setColumns] = useState<Columns>({ todo: ['one', 'two', 'three'], done: ['four'] });
  Object.assign(window, { columns });
  return (
    <DragDropContext onDragEnd={(result) => setColumns(move(columns, result))}>
      <div className="columns">
        {Object.entries(columns).map(([name, cards]) => (
          <Column key={name} name={name} cards={cards} />
        ))}
      </div>
    </DragDropContext>
  );
}

createRoot(document.querySelector('#root')!).render(<Board />);
