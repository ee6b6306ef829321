"""Settings of the course for nbgrader: `nbgrader generate_assignment metaplasticity-1`, and so on."""

c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "complex-synapses"
c.ClearSolutions.code_stub = {"python": "# Your answer stands in the place of ..."}
c.ClearSolutions.text_stub = "*Your reasons, in words.*"
c.ExecutePreprocessor.timeout = 600
