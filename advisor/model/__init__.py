"""The values that flow through the program, in the order in which they flow.

``options`` names the options, ``workload`` holds what a person stated, ``advice`` everything that
follows. All are frozen: a step takes values and returns new ones. A dataclass or a named tuple
compiles its constructor with the class, and start-up is a promise, so they derive from
``advisor.model.value.Value``. What is made by the thousand, or compared by its value, is a named
tuple. Modules that define one do not postpone annotations: typing would compile each.
"""
