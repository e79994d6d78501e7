"""Automatic annotation: models and workflows that label as workers, and suggest labels to people.

A model is a Python function (`tasknb.messages.models.ModelFunction`) or Clarifai's, asked over its REST API (`remote`).
The `registry` knows the functions, and chains them into workflows; `predictors` asks them, videos frame by frame.
`filters` says which predictions become annotations. The `runner` lets models label the inputs of their tasks in the
background; `jobs`, `findings`, `cleaning` and `leases` are its statements. `assistant` puts a workflow's suggestions
into the inputs that LABEL_START gives out, and `asking` answers the RPCs about models. An `Automation` holds all of it.
"""
