# A notebook as Voilà shows one: this file, each part of it a cell. What the form creates is worked on at once.

# %%
from IPython.display import display

import tasknb as tn
from tasknb.messages.data import Annotation, Concept, Data, Input, Text

client = tn.Client.local()
client.concepts.create("cat", "dog")
client.collaborators.add("ann")
client.inputs.create([Input(id=f"text-{number}", data=Data(text=Text(raw="meow"))) for number in range(3)])


def pets(name):
    return tn.Task(
        name=name,
        type="CONCEPTS_CLASSIFICATION",
        concepts=tn.TaskConcept.of("cat", "dog"),
        input_source=tn.InputSource.all_inputs(),
        worker=tn.TaskWorker.full("ann"),
        review=tn.TaskReview.none(),
    )


# %%
progress = tn.TaskProgress(client, client.tasks.create(pets("Followed")))
display(progress)

# %%
form = tn.TaskForm(client)
form.draft = pets("Filled in")
display(form)


# %%
def label_all(_change):
    ann, task = client.acting_as("ann"), progress.task_id
    assigned = ann.assignments.start(task)
    said = [
        Annotation(task_id=task, input_id=one.input.id, data=Data(concepts=[Concept(id="cat")])) for one in assigned
    ]
    ann.annotations.create(said)
    ann.assignments.submit(task, assigned)


form.observe(label_all, "task")
